// A process that appends until it is killed, and says what was acknowledged, each when it was: a line of JSON.
import { SqliteLog } from "@ws/rooms-sqlite";

const [path, round, synchronous] = process.argv.slice(2);
const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);

let log;
try {
  log = new SqliteLog({ path, synchronous });
} catch (error) {
  say({ error: error.message });
  process.exit();
}

async function publish(name) {
  for (let i = 1; ; i++) {
    const id = `${round}:${name}:${i}`;
    const data = new TextEncoder().encode(id.repeat(20));
    const [{ epoch, seq }] = await log.append("room", [{ id, data }]);
    say({ id, epoch, seq });
  }
}

await Promise.all(["a", "b", "c", "d"].map(publish));
