// A gateway as one writes it with any adapter, and a controller that has it tell everybody something.
import {
  type ArgumentsHost,
  Body,
  Catch,
  Controller,
  Inject,
  Module,
  Post,
  UseFilters,
  type WsExceptionFilter,
} from "@nestjs/common";
import {
  ConnectedSocket,
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  WebSocketServer,
  WsException,
  type WsResponse,
} from "@nestjs/websockets";
import { map, type Observable, range } from "rxjs";
import type { Connection, WebSocketServer as Server } from "@ws/server";

/** Tells who asked what went wrong, and nothing of what is ours only. */
@Catch()
class TellClient implements WsExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const data = error instanceof WsException ? error.message : "Internal error";
    host
      .switchToWs()
      .getClient<Connection>()
      .send(JSON.stringify({ event: "exception", data }));
  }
}

@UseFilters(new TellClient())
@WebSocketGateway({ path: "/events" })
export class EventsGateway {
  @WebSocketServer() readonly server!: Server;

  @SubscribeMessage("say")
  say(@MessageBody() text: unknown, @ConnectedSocket() client: Connection): WsResponse<{ told: number }> {
    if (typeof text !== "string") throw new WsException("Say a text");
    return { event: "said", data: { told: this.tell(text, client) } };
  }

  @SubscribeMessage("count")
  count(@MessageBody() to: number): Observable<WsResponse<number>> {
    return range(1, to).pipe(map((data) => ({ event: "count", data })));
  }

  /** @returns how many were told */
  tell(text: string, except?: Connection): number {
    const others = [...this.server.clients].filter((client) => client !== except);
    for (const client of others) client.send(JSON.stringify({ event: "message", data: text }));
    return others.length;
  }
}

@Controller("announcements")
export class AnnouncementsController {
  @Inject(EventsGateway) readonly gateway!: EventsGateway;

  @Post()
  announce(@Body() body: { readonly text: string }): { told: number } {
    return { told: this.gateway.tell(body.text) };
  }
}

@Module({ controllers: [AnnouncementsController], providers: [EventsGateway] })
export class AppModule {}
