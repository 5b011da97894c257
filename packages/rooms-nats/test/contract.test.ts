// The contract of all engines. It counts the numbers of a room from 1 without holes; with JetStream they are those of the
// stream, so each of its rooms gets a stream of its own here. What is different where rooms share one: shared-stream.test.ts.
import { roomLogContract } from "@ws/rooms/contract";
import { natsFactory, natsServer } from "./engine.ts";

const jetStream = natsServer();
roomLogContract("NATS with JetStream", natsFactory(jetStream, { shards: 256 }));

const core = natsServer(false);
roomLogContract("core NATS", natsFactory(core, { jetStream: false }));
