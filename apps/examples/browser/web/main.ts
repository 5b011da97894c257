// The page: a connection that comes back by itself, and keeps meanwhile what is to be sent.
import { connect, ReconnectingConnection } from "@ws/client";

const state = document.querySelector("output")!;
const form = document.querySelector("form")!;
const list = document.querySelector("ul")!;

const connection = new ReconnectingConnection({
  connect,
  url: new URL("/ws", location.href.replace(/^http/, "ws")).href,
  // A dead network says nothing. After silence the page asks, and where no answer comes it connects anew.
  heartbeat: { message: "ping", intervalMs: 20_000, isReply: (message) => message === "pong" },
});
connection.on("statechange", (change) => (state.value = change.state));
connection.on("message", (text) => {
  const item = document.createElement("li");
  item.textContent = String(text);
  list.append(item);
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const field = form.elements.namedItem("text") as HTMLInputElement;
  void connection.send(field.value);
  field.value = "";
});
