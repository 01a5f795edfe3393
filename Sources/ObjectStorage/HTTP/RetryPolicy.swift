/// How often and after which pauses a request is tried again.
struct RetryPolicy: Sendable {
    /// Including the first.
    var attempts = 4
    var firstPause = Duration.milliseconds(200)
    var longestPause = Duration.seconds(5)

    /// Statuses that pass by themselves.
    static func isPassing(_ status: Int) -> Bool {
        switch status {
        case 408, 429, 500, 502, 503, 504: true
        default: false
        }
    }

    /// A random time up to a bound that doubles, so that clients which failed together do not come back together.
    /// - failures: so far, 1 after the first. - Returns: nil when it is to be given up.
    func pause(after failures: Int, using random: inout some RandomNumberGenerator) -> Duration? {
        guard failures < attempts else { return nil }
        let bound = min(firstPause * (1 << min(failures - 1, 20)), longestPause)
        return bound * Double.random(in: 0.5...1, using: &random)
    }
}
