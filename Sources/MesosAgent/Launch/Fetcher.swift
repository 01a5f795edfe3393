import AsyncHTTPClient
import Glibc
import NIOCore
import NIOHTTP1
import ResourceModel
import TaskProcess

/// Brings the URIs of a command into its sandbox, with the rights of the task's user (contracts/mesos.md §15.5). What it
/// does is told in the sandbox's `stderr`.
struct Fetcher: Sendable {
    let oneShot: OneShot
    let io: BlockingIO
    let http: HTTPClient
    let frameworksHome: String?
    /// Nil: nothing is cached.
    var cache: FetchCache?
    /// Whose cache is used.
    var agent: @Sendable () -> AgentID? = { nil }
    /// For one URI, download and extraction each.
    var timeout = Duration.seconds(1800)

    /// - Throws: `LaunchFailure.container` naming the URI.
    func fetch(_ uris: [CommandInfo.URI], into sandbox: String, identity: ShimSpecification.Identity?) async throws {
        for uri in uris {
            do {
                let item = try FetchItem(uri, frameworksHome: frameworksHome)
                try await FetchJob(fetcher: self, item: item, sandbox: sandbox, identity: identity).run()
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                try Task.checkCancellation()
                let failure = Self.failure(error, uri)
                await note(failure.description, sandbox, identity)
                throw failure
            }
        }
    }

    /// Every failure names its URI, once.
    private static func failure(_ error: any Error, _ uri: CommandInfo.URI) -> LaunchFailure {
        let prefix = "Failed to fetch '\(uri.value)': "
        let text = "\(error)"
        return .container(text.hasPrefix(prefix) ? text : prefix + text)
    }

    /// A line in the sandbox's standard error; a sandbox that does not take it is no reason to fail.
    func note(_ line: String, _ sandbox: String, _ identity: ShimSpecification.Identity?) async {
        try? await io.run {
            let file = try SandboxFile.append("stderr", in: sandbox, owner: identity)
            defer { close(file) }
            try SandboxFile.write(Array((line + "\n").utf8), to: file)
        }
    }
}
