/**
 * A browser keeps six connections to a server, over all its tabs. A stream takes one for as long as it is open, so a
 * tab that nobody looks at gives its own back after this many milliseconds.
 */
const HIDDEN = 5000;

/** Server-sent events, for as long as somebody looks. */
export class EventStream {
  #address;
  #handlers;
  #source = null;
  #timer = null;
  #isEnded = false;

  /**
   * @param {string} address
   * @param {Record<string, (event: MessageEvent) => void>} handlers by the name of the event; `open` and `error` are the
   *   stream's own. `error` gets whether the browser gave up, since nothing is served there.
   */
  constructor(address, handlers) {
    this.#address = address;
    this.#handlers = handlers;
    document.addEventListener("visibilitychange", this.#onVisibility);
    addEventListener("pagehide", this.#pause);
    addEventListener("pageshow", this.#resume);
    this.#open();
  }

  /** Whether a connection is open or being opened. */
  get isActive() {
    return this.#source !== null;
  }

  close() {
    this.#isEnded = true;
    this.#pause();
    document.removeEventListener("visibilitychange", this.#onVisibility);
    removeEventListener("pagehide", this.#pause);
    removeEventListener("pageshow", this.#resume);
  }

  #open() {
    const source = new EventSource(this.#address);
    this.#source = source;
    for (const [name, handler] of Object.entries(this.#handlers)) {
      if (name !== "error") source.addEventListener(name, handler);
    }
    source.addEventListener("error", () => {
      if (this.#source !== source) return;
      const isOver = source.readyState === EventSource.CLOSED;
      if (isOver) this.#source = null;
      this.#handlers.error?.(isOver);
    });
  }

  #pause = () => {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
  };

  #resume = () => {
    clearTimeout(this.#timer);
    if (!this.#source && !this.#isEnded) this.#open();
  };

  #onVisibility = () => {
    clearTimeout(this.#timer);
    if (document.hidden) this.#timer = setTimeout(this.#pause, HIDDEN);
    else this.#resume();
  };
}
