/** @typedef {import("./live-feed.js").Server} Server */

export const SERVING = 3;

/**
 * How the votes stand.
 * @param {Server[]} servers
 */
export function quorum(servers) {
  const voters = servers.filter((server) => !server.observer);
  const serving = voters.filter((server) => server.code === SERVING);
  return {
    voters: voters.length,
    serving: serving.length,
    needed: Math.floor(voters.length / 2) + 1,
    leader: servers.find((server) => server.isLeader) ?? null,
    holds: voters.length > 0 && serving.length >= Math.floor(voters.length / 2) + 1,
  };
}

/** @param {Server} server */
export function role(server) {
  if (server.code !== SERVING) return "–";
  if (server.mode) return server.mode;
  if (server.isLeader) return "leader";
  return server.observer ? "observer" : "follower";
}

/** The state as one of the tones that have a colour, an icon and a word. */
export function tone(server) {
  switch (server.code) {
    case 3: return "ok";
    case 2: return "warning";
    case 1: return "failed";
    default: return "unknown";
  }
}

/**
 * What happens to the ensemble while one server is away.
 * @param {Server[]} servers
 * @param {Server} server
 * @returns {{losesQuorum: boolean, sentences: string[]}}
 */
export function consequences(servers, server) {
  const votes = quorum(servers);
  const sentences = [];
  const isServing = server.code === SERVING;
  const isVoter = !server.observer;
  const left = votes.serving - (isServing && isVoter ? 1 : 0);
  const clients = server.connections ?? 0;
  const losesQuorum = votes.holds && isServing && isVoter && left < votes.needed;
  if (votes.voters === 1 && isVoter) {
    sentences.push("It is the only server: nothing can be read or written until it is back.");
  } else if (losesQuorum) {
    sentences.push(`The quorum is lost: ${left} of ${votes.voters} servers would serve and ${votes.needed} are needed. Every read and write waits until a server is back.`);
  } else if (!votes.holds) {
    sentences.push(`There is no quorum now (${votes.serving} of ${votes.voters} serve, ${votes.needed} are needed), so nothing that works is interrupted.`);
  } else if (!isServing) {
    sentences.push(`It does not serve now, so the quorum stays as it is: ${votes.serving} of ${votes.voters}.`);
  } else if (!isVoter) {
    sentences.push(`It is an observer: the quorum of ${votes.serving} of ${votes.voters} is not touched.`);
  } else {
    sentences.push(`The quorum holds: ${left} of ${votes.voters} servers keep serving, ${votes.needed} are needed.${left === votes.needed ? " No other server may fail meanwhile." : ""}`);
  }
  if (server.isLeader && votes.voters > 1 && !losesQuorum && votes.holds) {
    sentences.push("It is the leader: the others elect a new one, and writes pause for a moment.");
  }
  if (isServing && clients > 0 && votes.voters > 1) {
    sentences.push(`${clients === 1 ? "1 connection moves" : `${clients} connections move`} to other servers; sessions live on.`);
  }
  return { losesQuorum: losesQuorum || (votes.voters === 1 && isServing), sentences };
}
