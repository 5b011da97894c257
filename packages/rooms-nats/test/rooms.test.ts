// Typed rooms from end to end, with JetStream, where many rooms share a stream, and on core NATS.
import { roomsOver } from "@ws/rooms/contract";
import { natsFactory, natsServer } from "./engine.ts";

roomsOver("NATS with JetStream", natsFactory(natsServer(), {}));
roomsOver("core NATS", natsFactory(natsServer(false), { jetStream: false }));
