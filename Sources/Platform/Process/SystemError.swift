import Glibc

/// An `errno` with its text.
public struct SystemError: Error, Sendable, Hashable, CustomStringConvertible {
    public let code: Int32

    public init(code: Int32) { self.code = code }

    /// That of the last failed call on this thread.
    public static var current: SystemError { SystemError(code: errno) }

    public var description: String {
        var buffer = [CChar](repeating: 0, count: 128)
        guard strerror_r(code, &buffer, buffer.count) == 0 else { return "error \(code)" }
        let text = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return text.isEmpty ? "error \(code)" : String(decoding: text, as: UTF8.self)
    }
}
