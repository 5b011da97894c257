import type { Server } from "node:http";
import type { INestApplication } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { AppModule } from "./app.ts";
import { WsAdapter } from "./ws-adapter.ts";

const app = await NestFactory.create<INestApplication<Server>>(AppModule, { logger: ["error", "warn"] });
app.useWebSocketAdapter(new WsAdapter(app, { maxMessageBytes: 64 * 1024 }));
app.enableShutdownHooks();
await app.listen(Number(process.env["PORT"] ?? 8080));
console.log(`Nest at http://localhost:${new URL(await app.getUrl()).port}`);
