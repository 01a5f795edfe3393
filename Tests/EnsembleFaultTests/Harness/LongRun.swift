import Platform

/// Whether the rare combinations run too.
enum LongRun {
    static let isWanted = ProcessEnvironment.current["LONG_FAULT_TESTS"] != nil
}
