import Glibc
import NIOSSL
import Synchronization

/// The TLS context made of the configured files, made anew when one of them has changed: certificates are renewed while
/// daemons run.
final class CertificateStore: Sendable {
    private struct FileVersion: Equatable {
        let path: String
        let device: UInt
        let inode: UInt
        let seconds: Int
        let nanoseconds: Int
    }

    private struct Loaded {
        let versions: [FileVersion]
        let context: NIOSSLContext
    }

    private let configuration: TunnelConfiguration
    private let loaded = Mutex<Loaded?>(nil)

    init(configuration: TunnelConfiguration) {
        self.configuration = configuration
    }

    /// Blocks.
    /// - Throws: `TunnelError.unusableFile` when there never was a usable set of files; a set that became unusable later,
    ///   most likely one in the middle of its renewal, leaves the last good one in use.
    func context() throws(TunnelError) -> NIOSSLContext {
        let last = loaded.withLock { $0 }
        let versions = paths.compactMap(Self.version)
        if let last, last.versions == versions { return last.context }
        do {
            let context = try makeContext()
            loaded.withLock { $0 = Loaded(versions: versions, context: context) }
            return context
        } catch {
            if let last { return last.context }
            throw error
        }
    }

    private var paths: [String] {
        [configuration.authorityPath] + [configuration.certificatePath, configuration.keyPath].compactMap { $0 }
    }

    private static func version(_ path: String) -> FileVersion? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return FileVersion(
            path: path, device: UInt(status.st_dev), inode: UInt(status.st_ino), seconds: status.st_mtim.tv_sec,
            nanoseconds: status.st_mtim.tv_nsec)
    }

    private func makeContext() throws(TunnelError) -> NIOSSLContext {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        tls.certificateVerification = configuration.verification == .full ? .fullVerification : .noHostnameVerification
        tls.trustRoots = .certificates(try Self.certificates(configuration.authorityPath))
        if let path = configuration.certificatePath, let keyPath = configuration.keyPath {
            tls.certificateChain = try Self.certificates(path).map { .certificate($0) }
            do {
                tls.privateKey = .privateKey(try NIOSSLPrivateKey(file: keyPath, format: .pem))
            } catch {
                throw .unusableFile(path: keyPath, reason: Self.reason(keyPath) ?? "it holds no unencrypted private key in PEM form")
            }
        }
        do {
            return try NIOSSLContext(configuration: tls)
        } catch {
            throw .unusableFile(
                path: configuration.keyPath ?? configuration.authorityPath, reason: "key and certificate do not fit (\(error))")
        }
    }

    private static func certificates(_ path: String) throws(TunnelError) -> [NIOSSLCertificate] {
        let found: [NIOSSLCertificate]
        do { found = try NIOSSLCertificate.fromPEMFile(path) } catch {
            throw .unusableFile(path: path, reason: reason(path) ?? "it holds no certificates in PEM form")
        }
        guard !found.isEmpty else { throw .unusableFile(path: path, reason: "it holds no certificates in PEM form") }
        return found
    }

    /// Why the file cannot be read; nil when it can.
    private static func reason(_ path: String) -> String? {
        access(path, R_OK) == 0 ? nil : String(cString: strerror(errno))
    }
}
