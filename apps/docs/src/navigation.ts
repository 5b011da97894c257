// What leads where: the head of the site and its sidebar, in the order in which one would read. A test finds pages that are
// missing here.
import type { DefaultTheme } from "vitepress";

const item = (text: string, link: string): DefaultTheme.SidebarItem => ({ text, link });

const start = [item("A tour", "/"), item("Where it runs", "/support.html")];

const guides = [
  item("A first server", "/guides/first-server.html"),
  item("A first client", "/guides/first-client.html"),
  item("Rooms", "/guides/rooms.html"),
  item("Backpressure", "/guides/backpressure.html"),
  item("Closing", "/guides/closing.html"),
  item("Testing your app", "/guides/testing.html"),
  item("Scaling out", "/guides/scaling-out.html"),
  item("Behind nginx and HAProxy", "/guides/behind-a-proxy.html"),
  item("Errors, and what helps", "/errors.html"),
];

const examples = [
  item("All of them", "/examples.html"),
  ...[
    ["echo", "Echo"],
    ["express", "Express"],
    ["fastify", "Fastify"],
    ["hono", "Hono"],
    ["nest", "NestJS"],
    ["http2", "HTTP/2"],
    ["upload", "Upload"],
    ["auth-rooms", "Rooms with authorisation"],
    ["cluster", "Cluster"],
    ["redis", "Redis"],
    ["browser", "Browser"],
    ["react", "React"],
  ].map(([name, title]) => item(title!, `/apps/examples/${name}/`)),
];

const course = [
  item("What it is", "/course/"),
  item("1. The handshake", "/course/1-handshake.html"),
  item("2. The first two bytes", "/course/2-frame.html"),
  item("3. How long", "/course/3-length.html"),
  item("4. The mask", "/course/4-mask.html"),
  item("5. Text", "/course/5-text.html"),
  item("6. Fragments", "/course/6-fragments.html"),
  item("7. Ping and pong", "/course/7-ping.html"),
  item("8. Closing", "/course/8-closing.html"),
  item("9. Compression", "/course/9-compression.html"),
  item("10. Over HTTP/2", "/course/10-http2.html"),
];

const running = [
  item("Several processes and machines", "/several-processes.html"),
  item("Compression", "/compression.html"),
  item("Security", "/security.html"),
  item("Where time and memory go", "/performance.html"),
  item("Engines of rooms", "/engines.html"),
  item("How large a machine", "/sizing.html"),
];

const moving = [
  item("From ws", "/migrating-from-ws.html"),
  item("From Socket.IO", "/guides/from-socket-io.html"),
  item("The API of ws, line by line", "/compat.html"),
];

const looking = [
  item("The chat, in pictures", "/chat-tour.html"),
  item("The inspector", "/inspector.html"),
  item("The lab", "/lab.html"),
];

const packageNames = [
  "server",
  "client",
  "rooms",
  "rooms-sqlite",
  "rooms-redis",
  "rooms-nats",
  "connection",
  "compat",
  "handshake",
  "deflate",
  "frame",
  "metrics",
  "cli",
  "capture",
  "conformance",
  "testing",
];

const packages = packageNames.map((name) => item(`@ws/${name}`, `/packages/${name}/`));

/** What else a package can be imported as. */
const subpaths: Readonly<Record<string, readonly string[]>> = {
  client: ["client/browser"],
  rooms: ["rooms/client", "rooms/engine", "rooms/wire"],
  metrics: ["metrics/prometheus", "metrics/opentelemetry"],
};

const reference = [
  item("All names", "/reference/"),
  ...packageNames
    .flatMap((name) => [name, ...(subpaths[name] ?? [])])
    .map((name) => item(`@ws/${name}`, `/reference/${name}.html`)),
];

const evidence = [
  item("From the RFCs to the code", "/rfc-map.html"),
  item("Conformance of anything", "/conformance.html"),
  item("Conformance, beside others", "/conformance-comparison.html"),
  item("Benchmarks", "/benchmarks.html"),
  item("Load and faults", "/load-and-faults.html"),
  item("Rooms while everything breaks", "/chaos.html"),
  item("Mutation testing", "/mutation.html"),
];

const inside = [
  item("Architecture", "/architecture.html"),
  item("The states of a connection", "/states.html"),
  item("The protocol of rooms", "/packages/rooms/PROTOCOL.html"),
  item("Releasing", "/releasing.html"),
];

const apps = [
  item("The chat", "/apps/chat/"),
  item("Its configuration", "/apps/chat/docs/configuration.html"),
  item("Its deployment", "/apps/chat/docs/deployment.html"),
  item("Conformance, of whom", "/apps/conformance/"),
  item("Fuzzing", "/apps/fuzz/"),
  item("Mutation, the tool", "/apps/mutation/"),
  item("Publishing, tried", "/apps/publish/"),
  item("This site", "/apps/docs/"),
];

const all: DefaultTheme.SidebarItem[] = [
  { text: "Start", items: start },
  { text: "Guides", items: guides },
  { text: "Examples", items: examples },
  { text: "The protocol, from the wire up", items: course },
  { text: "In production", items: running },
  { text: "Moving here", items: moving },
  { text: "Seeing the protocol", items: looking },
  { text: "Packages", items: packages },
  { text: "Evidence", items: evidence },
  { text: "Inside", items: inside },
  { text: "Apps", items: apps },
];

/** The reference has names instead of things to read, and a sidebar of its own. */
export const sidebar: DefaultTheme.SidebarMulti = {
  "/": all,
  "/reference/": [{ text: "Reference", items: reference }],
};

export const navigation: DefaultTheme.NavItem[] = [
  { text: "Guides", link: "/guides/first-server.html" },
  { text: "Course", link: "/course/" },
  { text: "Packages", link: "/packages/server/" },
  { text: "Reference", link: "/reference/" },
  { text: "Errors", link: "/errors.html" },
  { text: "Evidence", link: "/rfc-map.html" },
  { text: "Architecture", link: "/architecture.html" },
];
