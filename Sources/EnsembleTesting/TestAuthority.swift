import Exhibitor
import FoundationEssentials
import Glibc
import Platform

/// A certificate authority for tests, made by the `openssl` program.
public struct TestAuthority: Sendable {
    /// PEM files.
    public struct Identity: Sendable {
        public let certificate: String
        /// PKCS #8, not encrypted.
        public let key: String
    }

    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    /// Where everything is; removed at the end.
    public let directory: String
    /// PEM file with the certificate of the authority.
    public var path: String { directory + "/ca.pem" }

    /// Runs `body` with an authority whose files are removed afterwards.
    public static func withAuthority<Result: Sendable>(_ body: (TestAuthority) async throws -> Result) async throws -> Result {
        let authority = TestAuthority(directory: try TestDirectory.make())
        defer { try? FileManager.default.removeItem(atPath: authority.directory) }
        try await authority.shell(
            """
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ca.key -out ca.pem \
            -subj "/CN=Test authority \(UInt32.random(in: 0 ... .max))" -days 2 \
            -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign
            """)
        return try await body(authority)
    }

    /// - Parameters:
    ///   - name: common name, and that of the files.
    ///   - hosts: IPv4 addresses and DNS names it is good for.
    ///   - days: of validity from now; negative: it has expired.
    public func issue(_ name: String, hosts: [String] = [], days: Int = 2) async throws -> Identity {
        let names = hosts.map { host in
            host.allSatisfy { $0.isNumber || $0 == "." } ? "IP:\(host)" : "DNS:\(host)"
        }
        let extensions = names.isEmpty ? "basicConstraints=CA:FALSE" : "subjectAltName=\(names.joined(separator: ","))"
        try await shell(
            """
            openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout \(name).key -out \(name).csr -subj /CN=\(name)
            echo \(extensions) >\(name).ext
            openssl x509 -req -in \(name).csr -CA ca.pem -CAkey ca.key -CAcreateserial -days \(days) -extfile \(name).ext -out \(name).pem
            """)
        return Identity(certificate: "\(directory)/\(name).pem", key: "\(directory)/\(name).key")
    }

    private func shell(_ script: String) async throws {
        let log = directory + "/openssl.log"
        let descriptor = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Failure(description: "cannot write \(log)") }
        defer { close(descriptor) }
        let directory = directory
        let process = try await ServerThread.run {
            try ProcessLauncher.spawn(
                ProcessLauncher.Program(
                    path: "/bin/sh", arguments: ["-e", "-c", script], environment: ProcessEnvironment.current, directory: directory,
                    output: descriptor))
        }
        guard await process.waitForExit() == .code(0) else {
            throw Failure(description: (try? String(contentsOfFile: log, encoding: .utf8)) ?? "openssl failed")
        }
    }
}
