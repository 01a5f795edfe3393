/** After this silence what is shown is stale: the feed speaks every 5 s at least. */
const SILENCE = 10_000;

/**
 * Follows the server's feed; the browser reconnects by itself.
 * @param {{onState: (state: object) => void, onFreshness: (staleSince: Date | null) => void}} handlers
 */
export function follow({ onState, onFreshness }) {
  let lastHeard = new Date();
  const heard = () => {
    lastHeard = new Date();
    onFreshness(null);
  };
  const source = new EventSource("events");
  source.addEventListener("message", (event) => {
    heard();
    onState(JSON.parse(event.data));
  });
  source.addEventListener("alive", heard);
  setInterval(() => {
    if (Date.now() - lastHeard.getTime() > SILENCE) onFreshness(lastHeard);
  }, 1000);
}
