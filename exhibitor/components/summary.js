/**
 * @typedef {{code: number, description: string, hostname: string, isLeader: boolean}} Status
 * @typedef {{id: number, observer: boolean, status: Status}} Server
 */

export const SERVING = 3;

/**
 * One sentence: is it healthy.
 * @param {Server[]} servers
 */
export function summary(servers) {
  if (servers.length === 0) return "No servers are configured.";
  const voters = servers.filter((server) => !server.observer);
  const serving = voters.filter((server) => server.status.code === SERVING);
  const leader = voters.find((server) => server.status.isLeader);
  if (voters.length === 1) {
    return serving.length === 1
      ? `Serving: one server, ${voters[0].status.hostname}.`
      : `The only server, ${voters[0].status.hostname}, is ${voters[0].status.description}.`;
  }
  const needed = Math.floor(voters.length / 2) + 1;
  if (serving.length < needed) {
    return `No quorum: ${serving.length} of ${voters.length} servers serve, ${needed} are needed. Clients wait.`;
  }
  return `Quorum ${serving.length} of ${voters.length}. ${leader ? `Leader ${leader.status.hostname}.` : "Electing a leader."}`;
}

/**
 * What is wrong, each with what to do.
 * @param {Server[]} servers
 * @param {{restarts: boolean}} switches of this host
 * @returns {string[]}
 */
export function problems(servers, switches) {
  const found = servers
    .filter((server) => server.status.code !== SERVING)
    .map(({ status }) => {
      switch (status.code) {
        case 0: return `${status.hostname} is not configured yet.`;
        case 1: return `${status.hostname} is down. Its Exhibitor starts ZooKeeper again by itself; if this stays, look at its log and whether the host is up.`;
        default: return `${status.hostname} runs but is in no quorum. It joins once a majority of the servers can reach each other.`;
      }
    });
  if (!switches.restarts) found.push("Automatic restarts are switched off on this host: a server that dies stays down.");
  return found;
}

/**
 * @param {Server} server
 */
export function role({ observer, status }) {
  if (status.code !== SERVING) return "–";
  if (status.isLeader) return "leader";
  return observer ? "observer" : "follower";
}
