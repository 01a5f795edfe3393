/// How a process ended.
public enum ProcessExit: Sendable, Hashable, CustomStringConvertible {
    case code(Int32)
    case signal(Int32)
    /// It was not a child of ours (an adopted process): the kernel tells its status only to its parent.
    case unknown

    /// - waitStatus: as filled in by `waitpid`.
    init(waitStatus: Int32) {
        let signal = waitStatus & 0x7f
        self = signal == 0 ? .code((waitStatus >> 8) & 0xff) : .signal(signal)
    }

    public var description: String {
        switch self {
        case .code(let code): "exited with code \(code)"
        case .signal(let signal): "was killed by signal \(signal)"
        case .unknown: "ended"
        }
    }
}
