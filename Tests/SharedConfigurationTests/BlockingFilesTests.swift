import Dispatch
import Testing

@testable import SharedConfiguration

@Suite struct BlockingFilesTests {
    @Test func `a file system that hangs fails the call, and later ones at once, until it comes back`() async throws {
        let files = BlockingFiles(store: "share", patience: .milliseconds(100))
        let hang = DispatchSemaphore(value: 0)
        let unresponsive = ConfigurationStoreError.unresponsive(store: "share", after: .milliseconds(100))
        await #expect(throws: unresponsive) {
            try await files.run { hang.wait() }
        }
        await #expect(throws: unresponsive) { try await files.run {} }
        hang.signal()
        let deadline = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < deadline, (try? await files.run { 1 }) != 1 { await Task.yield() }
        #expect(try await files.run { 2 } == 2)
    }
}
