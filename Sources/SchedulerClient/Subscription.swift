/// Decides where and when to subscribe. Pure: the client carries the steps out and reports how they ended.
///
/// - A new leading master is tried at once, whatever was going on.
/// - A 307 to another master is followed at once, at most three in a row; else it counts as a failure.
/// - After a failure (refused, 503, stream lost) the next attempt waits: 50 ms doubling to 2 s, each between half and all
///   of it by chance, so that many frameworks do not come back in step.
/// - After an ERROR event the wait is long: the master refused this framework, or another process runs it.
struct Subscription: Sendable {
    enum Step: Equatable, Sendable {
        /// Nobody leads: wait for a master.
        case awaitMaster
        case pause(Duration)
        case subscribe(MasterEndpoint)
    }

    /// How an attempt ended.
    enum End: Equatable, Sendable {
        /// The master answered 307; nil when the location named no host.
        case redirected(MasterEndpoint?)
        /// The master answered something else than 200 and 307.
        case refused(status: Int, message: String)
        case unreachable(String)
        /// The stream had been up and broke.
        case lost(String)
        /// Too many heartbeats missed.
        case silent
        /// An ERROR event: the stream is closed after it.
        case error(String)
        /// The detector names another master.
        case masterMoved
        case cancelled
    }

    private(set) var detected: MasterEndpoint?
    /// Where the last attempt went.
    private var target: MasterEndpoint?
    private var redirect: MasterEndpoint?
    private var redirects = 0
    private var failures = 0
    private var pause: Duration?

    static let longestPause = Duration.seconds(2)
    static let pauseAfterFailover = Duration.seconds(1)
    static let pauseAfterError = Duration.seconds(15)

    /// Returns whether the present attempt or pause is overtaken by this news.
    mutating func masterDetected(_ endpoint: MasterEndpoint?) -> Bool {
        guard endpoint != detected else { return false }
        detected = endpoint
        redirect = nil
        redirects = 0
        failures = 0
        pause = nil
        return true
    }

    mutating func subscribed() {
        failures = 0
        redirects = 0
    }

    mutating func ended(_ end: End, using generator: inout some RandomNumberGenerator) {
        switch end {
        case .masterMoved, .cancelled:
            break
        case .redirected(let endpoint?) where redirects < 3 && endpoint != target:
            redirect = endpoint
            redirects += 1
        case .redirected, .refused, .unreachable, .lost, .silent:
            // A redirect target that fails is forgotten: the detector knows better next time.
            redirect = nil
            redirects = 0
            let longest = min(Duration.milliseconds(50) * (1 << min(failures, 6)), Self.longestPause)
            failures += 1
            pause = longest * Double.random(in: 0.5...1, using: &generator)
        case .error(let message):
            redirect = nil
            pause = message == "Framework failed over" ? Self.pauseAfterFailover : Self.pauseAfterError
        }
    }

    mutating func next() -> Step {
        guard let target = redirect ?? detected else { return .awaitMaster }
        if let pause {
            self.pause = nil
            return .pause(pause)
        }
        self.target = target
        return .subscribe(target)
    }
}
