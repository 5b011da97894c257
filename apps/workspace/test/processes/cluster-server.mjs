// An echo on as many processes as asked for, that share one port through node:cluster. Prints the port once all listen;
// a line of input with a process id ends that one without a word, and the end of the input ends them all.
import cluster from "node:cluster";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { WebSocketServer } from "@ws/server";

if (cluster.isPrimary) {
  const count = Number(process.argv[2]);
  const workers = Array.from({ length: count }, () => cluster.fork());
  const addresses = await Promise.all(workers.map((worker) => once(worker, "listening")));
  console.log(addresses[0][0].port);
  for await (const pid of createInterface({ input: process.stdin })) process.kill(Number(pid), "SIGKILL");
  const alive = workers.filter((worker) => !worker.isDead());
  const ended = Promise.all(alive.map((worker) => once(worker, "exit")));
  for (const worker of workers) if (worker.isConnected()) worker.send("shutdown");
  await ended;
  process.exit();
} else {
  // Workers that ask for port 0 are given the same one.
  const server = new WebSocketServer({ port: 0 });
  server.on("connection", (connection) => {
    connection.send(String(process.pid));
    connection.on("message", (message) => connection.send(message));
  });
  process.on("message", () => {
    void server.shutdown({ deadlineMs: 1000, code: 1012 }).then(() => process.exit());
  });
}
