import Glibc

/// An `errno` with its text.
struct SystemError: Error, CustomStringConvertible {
    let code: Int32

    static var current: SystemError { SystemError(code: errno) }

    var description: String {
        var buffer = [CChar](repeating: 0, count: 128)
        guard strerror_r(code, &buffer, buffer.count) == 0 else { return "error \(code)" }
        let text = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return text.isEmpty ? "error \(code)" : String(decoding: text, as: UTF8.self)
    }
}
