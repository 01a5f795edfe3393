import DNSWire
import FoundationEssentials
import Glibc
import LocalCluster
import Platform

/// What a test reads of Marathon's answers.
struct AppAnswer: Decodable {
    struct App: Decodable {
        struct Task: Decodable {
            var id: String
            var state: String?
            var host: String
        }
        struct Deployment: Decodable { var id: String }
        var instances: Int
        var tasksRunning: Int
        var deployments: [Deployment]
        var tasks: [Task]?
    }
    var app: App
}

extension TestCluster {
    static func app(_ id: String, instances: Int) -> String {
        #"{"id":"\#(id)","cmd":"echo started; exec sleep 100000","cpus":0.05,"mem":16,"instances":\#(instances)}"#
    }

    /// Asks every Marathon in turn until one accepts.
    func deploy(_ id: String, instances: Int) async throws {
        let body = Self.app(id, instances: instances)
        try await eventually("a Marathon accepts \(id)") {
            for address in layout.masterAddresses {
                guard let answer = await request("PUT", "http://\(address):8080/v2/apps\(id)?force=true", body: body, timeout: .seconds(15))
                else { continue }
                if answer.status == 200 || answer.status == 201 { return true }
                if answer.status < 500 { throw Failure(description: "PUT \(id): \(answer.status) \(answer.body)") }
            }
            return false
        }
    }

    func app(_ id: String) async -> AppAnswer.App? {
        for address in layout.masterAddresses {
            guard let answer = await request("GET", "http://\(address):8080/v2/apps\(id)", timeout: .seconds(3)), answer.status == 200,
                let decoded = try? JSONDecoder().decode(AppAnswer.self, from: Data(answer.body.utf8))
            else { continue }
            return decoded.app
        }
        return nil
    }

    /// - Returns: the ids of the running tasks, once there are as many as wanted and no deployment is under way.
    @discardableResult
    func settled(_ id: String, instances: Int, within deadline: Duration = .seconds(90)) async throws -> Set<String> {
        var tasks: Set<String> = []
        try await eventually("\(id) has \(instances) running tasks", within: deadline) {
            guard let app = await app(id), app.instances == instances, app.deployments.isEmpty else { return false }
            tasks = Set((app.tasks ?? []).filter { $0.state == nil || $0.state == "TASK_RUNNING" }.map(\.id))
            return tasks.count == instances && app.tasks?.count == instances
        }
        return tasks
    }

    /// The processes of tasks that really run, whatever anybody says of them: by their command line.
    func sleepers() -> Set<Int32> {
        Set(LeftoverTasks.of(directory.root))
    }

    // MARK: DNS

    /// The addresses of a name by a master's records server; nil when it does not answer.
    func resolve(_ name: String, at address: String, timeout: Duration = .milliseconds(500)) async -> [String]? {
        await withCheckedContinuation { continuation in
            let thread = pthreadDetached {
                continuation.resume(returning: DNSQuestion.ask(name, address, port: 61053, milliseconds: Int32(timeout / .milliseconds(1))))
            }
            if !thread { continuation.resume(returning: nil) }
        }
    }
}

/// Runs a blocking body on a thread of its own.
private func pthreadDetached(_ body: @escaping @Sendable () -> Void) -> Bool {
    final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    let context = Unmanaged.passRetained(Box(body))
    var thread = pthread_t()
    let error = pthread_create(
        &thread, nil,
        { context in
            guard let context else { return nil }
            Unmanaged<Box>.fromOpaque(context).takeRetainedValue().body()
            return nil
        }, context.toOpaque())
    if error != 0 { context.release() } else { pthread_detach(thread) }
    return error == 0
}

enum DNSQuestion {
    static func ask(_ name: String, _ server: String, port: UInt16, milliseconds: Int32) -> [String]? {
        guard let name = DNSName(name) else { return nil }
        var query = Message(id: .random(in: 1 ... .max), questions: [Message.Question(name, .a)])
        query.flags.insert(.recursionDesired)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        inet_pton(AF_INET, server, &address.sin_addr)
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        defer { close(descriptor) }
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        let bytes = query.encoded()
        guard connected == 0, send(descriptor, bytes, bytes.count, 0) == bytes.count else { return nil }
        var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&poller, 1, milliseconds) == 1 else { return nil }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0, let answer = try? Message(decoding: Array(buffer[..<count])), answer.id == query.id else { return nil }
        return answer.answers.compactMap { record in
            if case .a(let address) = record.data { return "\(address)" }
            return nil
        }
        .sorted()
    }
}

enum LeftoverTasks {
    /// Processes whose working directory is a sandbox below a directory and that are no shim.
    static func of(_ root: String) -> [Int32] {
        ProcessTable.processIDs().filter { pid in
            guard let directory = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/cwd"),
                directory.hasPrefix(root), directory.contains("/runs/")
            else { return false }
            return ProcessTable.commandLine(of: pid).first.map { !$0.hasSuffix("task-shim") } ?? false
        }
    }
}
