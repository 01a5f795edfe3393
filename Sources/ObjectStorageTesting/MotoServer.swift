import AsyncHTTPClient
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import Platform

/// A real S3 service for tests: moto's server (`pip install 'moto[server]'`), one process for the whole test run.
///
/// It takes any keys. It is killed by the kernel when the test process ends, however it ends.
public actor MotoServer {
    public struct Unavailable: Error, CustomStringConvertible {
        public let description: String
    }

    /// `http://127.0.0.1:40123`.
    public nonisolated let endpoint: String
    private let process: ProcessHandle

    /// Nil with the reason in `absence` where moto is not installed.
    public static let program: String? = {
        let home = ProcessEnvironment.current["HOME"] ?? "/root"
        let directories = (ProcessEnvironment.current["PATH"] ?? "").split(separator: ":").map(String.init) + ["\(home)/.local/bin"]
        return directories.map { $0 + "/moto_server" }.first { access($0, X_OK) == 0 }
    }()

    public static let absence = "moto_server is not installed; scripts/install-test-packages.sh installs it"

    /// The one server of this process, started on the first use.
    public static func shared() async throws -> MotoServer { try await starting.value }

    private static let starting = Task { try await start() }

    /// A thread that lives as long as the process, which the server is bound to.
    private static let thread: NIOThreadPool = {
        let pool = NIOThreadPool(numberOfThreads: 1)
        pool.start()
        return pool
    }()

    private init(endpoint: String, process: ProcessHandle) {
        self.endpoint = endpoint
        self.process = process
    }

    private static func start() async throws -> MotoServer {
        guard let program else { throw Unavailable(description: absence) }
        let port = try freePort()
        let process = try await thread.runIfActive {
            let output = open("/dev/null", O_WRONLY | O_CLOEXEC)
            defer { close(output) }
            return try ProcessLauncher.spawn(
                ProcessLauncher.Program(
                    path: program, arguments: ["-H", "127.0.0.1", "-p", "\(port)"], environment: ProcessEnvironment.current, output: output,
                    parentDeathSignal: SIGKILL))
        }
        let deadline = ContinuousClock.now + .seconds(60)
        while !accepts(port) {
            guard ContinuousClock.now < deadline, process.exit == nil else {
                process.send(signal: SIGKILL)
                throw Unavailable(description: "\(program) does not listen on port \(port)")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        return MotoServer(endpoint: "http://127.0.0.1:\(port)", process: process)
    }

    /// Makes a bucket. - Returns: the endpoint.
    public nonisolated func makeBucket(_ name: String) async throws -> String {
        var request = HTTPClientRequest(url: "\(endpoint)/\(name)")
        request.method = .PUT
        // moto looks at the shape only, to tell the service and the account.
        request.headers.add(
            name: "authorization",
            value: "AWS4-HMAC-SHA256 Credential=test/20130524/us-east-1/s3/aws4_request,SignedHeaders=host,Signature=0")
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
        guard response.status == .ok else { throw Unavailable(description: "no bucket \(name): \(response.status)") }
        return endpoint
    }

    // MARK: Ports

    private static func address(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }

    private static func freePort() throws -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw SystemError.current }
        defer { close(descriptor) }
        var address = address(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard result else { throw SystemError.current }
        return UInt16(bigEndian: address.sin_port)
    }

    private static func accepts(_ port: UInt16) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = address(port: port)
        return withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
