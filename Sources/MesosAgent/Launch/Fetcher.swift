import AsyncHTTPClient
import Glibc
import NIOCore
import NIOHTTP1
import ResourceModel
import TaskProcess

/// Brings the URIs of a command into its sandbox, with the rights of the task's user (contracts/mesos.md §15.5).
struct Fetcher: Sendable {
    let oneShot: OneShot
    let io: BlockingIO
    let http: HTTPClient
    let frameworksHome: String?
    /// For one URI, download and extraction each.
    var timeout = Duration.seconds(1800)

    /// - Throws: `LaunchFailure.container` naming the URI.
    func fetch(_ uris: [CommandInfo.URI], into sandbox: String, identity: ShimSpecification.Identity?) async throws {
        for uri in uris {
            let item = try FetchItem(uri, frameworksHome: frameworksHome)
            switch item.source {
            case .file(let path):
                try await command(["cp", "--", path, item.name], uri, sandbox, identity)
            case .http(let url):
                try await download(url, uri, as: item.name, into: sandbox, identity)
            }
            if item.isExecutable { try await command(["chmod", "0755", "--", item.name], uri, sandbox, identity) }
            switch item.extraction {
            case .tar: try await command(["tar", "-x", "-f", item.name], uri, sandbox, identity)
            case .zip: try await command(["unzip", "-o", "-q", item.name], uri, sandbox, identity)
            case .gzip:
                try await command(
                    ["sh", "-c", #"exec gzip -d -c -- "$1" > "$2""#, "sh", item.name, String(item.name.dropLast(3))], uri, sandbox, identity
                )
            case nil: break
            }
        }
    }

    /// Runs in the sandbox as the task's user; what it says on standard error goes to the task's.
    private func command(
        _ arguments: [String], _ uri: CommandInfo.URI, _ sandbox: String, _ identity: ShimSpecification.Identity?
    ) async throws {
        var specification = ShimSpecification(
            executable: arguments.first ?? "", arguments: arguments, environment: ["PATH=" + TaskEnvironment.defaultPath],
            directory: sandbox)
        specification.standardError = sandbox + "/stderr"
        specification.identity = identity
        let outcome = await oneShot.run(specification, timeout: timeout)
        try Task.checkCancellation()
        guard outcome == .code(0) else {
            throw LaunchFailure.container("Failed to fetch '\(uri.value)': \(arguments.first ?? "") \(outcome.description)")
        }
    }

    private func download(
        _ url: String, _ uri: CommandInfo.URI, as name: String, into sandbox: String, _ identity: ShimSpecification.Identity?
    ) async throws {
        do {
            let response = try await http.execute(HTTPClientRequest(url: url), timeout: .nanoseconds(Int64(timeout / .nanoseconds(1))))
            guard response.status == .ok else {
                throw LaunchFailure.container("the server answered \(response.status.code)")
            }
            let file = try await io.run { try SandboxFile.create(name, in: sandbox, owner: identity) }
            do {
                for try await chunk in response.body {
                    try await io.run { try SandboxFile.write(Array(chunk.readableBytesView), to: file) }
                }
                close(file)
            } catch {
                close(file)
                throw error
            }
        } catch let error as CancellationError {
            throw error
        } catch {
            try Task.checkCancellation()
            throw LaunchFailure.container("Failed to fetch '\(uri.value)': \(error)")
        }
    }
}
