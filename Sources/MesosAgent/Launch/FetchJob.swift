import AsyncHTTPClient
import Glibc
import NIOCore
import NIOHTTP1
import ResourceModel
import TaskProcess

/// The fetching of one URI into one sandbox.
struct FetchJob: Sendable {
    /// Why a URI could not be fetched.
    struct Problem: Error, CustomStringConvertible {
        var description: String
        init(_ description: String) { self.description = description }
    }

    /// The server sent more than fits the cache.
    private struct TooLarge: Error {}

    let fetcher: Fetcher
    let item: FetchItem
    let sandbox: String
    let identity: ShimSpecification.Identity?

    func run() async throws {
        await fetcher.note("Fetching '\(item.uri)' as '\(item.name)'", sandbox, identity)
        var isCached = false
        switch item.source {
        case .file(let path):
            // A file of this machine is read with the task's rights, which a shared copy would give away.
            try await command(["sh", "-c", #"mkdir -p -- "$(dirname -- "$2")" && exec cp -- "$1" "$2""#, "sh", path, name])
        case .http(let url):
            if item.isCached, let cache = fetcher.cache, let agent = fetcher.agent() {
                isCached = try await fetch(url, through: cache, of: agent)
            } else {
                try await download(url)
            }
        }
        if item.isExecutable { try await command(["chmod", "0755", "--", name]) }
        guard let extraction = item.extraction else { return }
        switch extraction {
        // Without an identity everything would belong to whom the archive names.
        case .tar: try await command(["tar", "--force-local", "--no-same-owner", "-x", "-f", name])
        case .zip: try await command(["unzip", "-o", "-q", name])
        case .gzip: try await command(["sh", "-c", #"exec gzip -d -c -- "$1" > "$2""#, "sh", name, String(name.dropLast(3))])
        }
        await fetcher.note("Extracted '\(item.name)'", sandbox, identity)
        // Archives that come from the cache do not stay in the sandbox.
        if isCached { try await command(["rm", "-f", "--", name]) }
    }

    /// Never looks like an option.
    private var name: String { "./" + item.name }

    /// Runs in the sandbox as the task's user; what it says on standard error goes to the task's.
    private func command(_ arguments: [String]) async throws {
        var specification = ShimSpecification(
            executable: arguments.first ?? "", arguments: arguments, environment: ["PATH=" + TaskEnvironment.defaultPath],
            directory: sandbox)
        specification.standardError = sandbox + "/stderr"
        specification.identity = identity
        let outcome = await fetcher.oneShot.run(specification, timeout: fetcher.timeout)
        try Task.checkCancellation()
        guard outcome == .code(0) else {
            // A shell here only copies or unpacks.
            let tool = arguments.first == "sh" ? (item.extraction == .gzip && arguments[2].contains("gzip") ? "gzip" : "cp") : arguments[0]
            throw Problem("\(tool) \(outcome.description)")
        }
    }

    // MARK: Through the cache

    /// - Returns: whether the file came from the cache.
    private func fetch(_ url: String, through cache: FetchCache, of agent: AgentID) async throws -> Bool {
        let key = FetchCache.Key(user: identity?.uid ?? geteuid(), uri: item.uri)
        let claim: FetchCache.Claim
        do {
            claim = try await cache.claim(key, agent: agent) { try await size(of: url) }
        } catch let failure as SystemFailure {
            await fetcher.note("Not using the cache: \(failure)", sandbox, identity)
            try await download(url)
            return false
        }
        switch claim {
        case .bypass:
            await fetcher.note("Not cached: too large or of unknown size", sandbox, identity)
            try await download(url)
            return false
        case .ready(let path):
            await fetcher.note("From the cache", sandbox, identity)
            try await copy(path, releasing: key, cache, agent)
            return true
        case .fetch(let path):
            do {
                let size = try await limited {
                    let file = try await fetcher.io.run {
                        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
                        guard file >= 0 else { throw SystemFailure("cannot create \(path)") }
                        return file
                    }
                    defer { close(file) }
                    return try await receive(url, into: file, limit: cache.capacity)
                }
                await cache.complete(key, size: size, agent: agent)
            } catch {
                await cache.abandon(key, agent: agent)
                guard error is TooLarge else { throw error }
                await fetcher.note("Not cached: larger than the cache", sandbox, identity)
                try await download(url)
                return false
            }
            try await copy(path, releasing: key, cache, agent)
            return true
        }
    }

    private func copy(_ path: String, releasing key: FetchCache.Key, _ cache: FetchCache, _ agent: AgentID) async throws {
        do {
            try await copy(path)
            await cache.release(key, agent: agent)
        } catch {
            await cache.release(key, agent: agent)
            throw error
        }
    }

    private func copy(_ path: String) async throws {
        let source = try await fetcher.io.run {
            let file = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
            guard file >= 0 else { throw SystemFailure("cannot open \(path)") }
            return file
        }
        defer { close(source) }
        let target = try await fetcher.io.run { try SandboxFile.create(item.name, in: sandbox, owner: identity) }
        defer { close(target) }
        var isDone = false
        while !isDone {
            isDone = try await fetcher.io.run {
                var buffer = [UInt8](repeating: 0, count: 1 << 20)
                let count = read(source, &buffer, buffer.count)
                guard count >= 0 else { throw SystemFailure("cannot read \(path)") }
                try SandboxFile.write(Array(buffer[..<count]), to: target)
                return count == 0
            }
        }
    }

    /// What a HEAD request says; nil when it says nothing.
    private func size(of url: String) async throws -> Int? {
        var request = HTTPClientRequest(url: url)
        request.method = .HEAD
        let response = try await fetcher.http.execute(request, timeout: .seconds(60))
        guard response.status == .ok else { return nil }
        return response.headers.first(name: "Content-Length").flatMap(Int.init)
    }

    // MARK: Straight into the sandbox

    private func download(_ url: String) async throws {
        _ = try await limited {
            let file = try await fetcher.io.run { try SandboxFile.create(item.name, in: sandbox, owner: identity) }
            defer { close(file) }
            return try await receive(url, into: file, limit: .max)
        }
    }

    /// - Returns: bytes written.
    private func receive(_ url: String, into file: Int32, limit: Int) async throws -> Int {
        let response = try await fetcher.http.execute(HTTPClientRequest(url: url), timeout: Self.amount(fetcher.timeout))
        guard response.status == .ok else { throw Problem("the server answered \(response.status.code)") }
        let announced = response.headers.first(name: "Content-Length").flatMap(Int.init)
        var size = 0
        for try await chunk in response.body {
            size += chunk.readableBytes
            guard size <= limit else { throw TooLarge() }
            try await fetcher.io.run { try SandboxFile.write(Array(chunk.readableBytesView), to: file) }
        }
        if let announced, announced != size { throw Problem("the server sent \(size) of \(announced) bytes") }
        return size
    }

    /// A server that sends a byte now and then does not hold a launch for ever.
    private func limited(_ body: @escaping @Sendable () async throws -> Int) async throws -> Int {
        try await withThrowingTaskGroup(of: Int?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await Task.sleep(for: fetcher.timeout)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let size = first else {
                throw Problem("not done within \(MesosDuration(fetcher.timeout))")
            }
            return size
        }
    }

    private static func amount(_ duration: Duration) -> TimeAmount { .nanoseconds(Int64(duration / .nanoseconds(1))) }
}
