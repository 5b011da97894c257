// The messages of a browser's WebSocket, taken one by one; those that nobody has asked for yet wait.

export class MessageQueue {
  readonly #messages: unknown[] = [];
  #waiting:
    | { readonly resolve: (message: unknown) => void; readonly reject: (error: Error) => void }
    | undefined;
  #end: Error | undefined;

  constructor(socket: WebSocket, describeEnd: (event: CloseEvent) => Error) {
    socket.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
      if (this.#waiting === undefined) this.#messages.push(data);
      else this.#waiting.resolve(data);
      this.#waiting = undefined;
    });
    socket.addEventListener("close", (event) => {
      this.#end = describeEnd(event);
      this.#waiting?.reject(this.#end);
      this.#waiting = undefined;
    });
  }

  /** @throws Error when the socket has closed, and all that came before was taken */
  next(): Promise<unknown> {
    if (this.#messages.length > 0) return Promise.resolve(this.#messages.shift());
    if (this.#end !== undefined) return Promise.reject(this.#end);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }
}
