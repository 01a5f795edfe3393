import EnsembleModel
import Glibc
import Platform

/// A properties file that an option names.
struct CredentialsFile: Sendable {
    let option: String
    let path: String
    let text: String
    private let properties: JavaProperties

    private static let sizeLimit = 1 << 20

    /// Blocks for the time of a read.
    init(option: String, path: String) throws {
        self.option = option
        self.path = path
        do {
            text = try Self.read(path)
        } catch {
            throw ConfigurationStoreOptionsError.file(option: option, path: path, reason: "\(error)")
        }
        properties = JavaProperties(parsing: text)
    }

    static func read(_ path: String) throws(SystemError) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError.current }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count == 0 { break }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw SystemError.current }
            bytes += buffer[..<count]
            guard bytes.count <= sizeLimit else { throw SystemError(code: EFBIG) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The value of `com.netflix.exhibitor.<name>`; nil when it is missing or blank.
    subscript(name: String) -> String? {
        guard var value = properties["com.netflix.exhibitor." + name] else { return nil }
        while value.last?.isWhitespace == true { value.removeLast() }
        return value.isEmpty ? nil : value
    }

    func required(_ name: String) throws -> String {
        guard let value = self[name] else { throw failure("com.netflix.exhibitor.\(name) is missing") }
        return value
    }

    func failure(_ reason: String) -> ConfigurationStoreOptionsError { .file(option: option, path: path, reason: reason) }
}
