import Testing

@testable import SharedConfiguration

@Suite struct PseudoLockStateMachineTests {
    typealias Machine = PseudoLockStateMachine

    /// A contender whose key `p_1000_7` has been visible since 0.1 s.
    private func contender(wait: Duration = .seconds(10), foreign: [String] = []) -> Machine {
        var machine = Machine(settings: Machine.Settings(prefix: "p", foreignPrefixes: foreign, wait: wait), now: .zero)
        #expect(machine.handle(.begin(wallMilliseconds: 1000, random: 7), now: .zero) == [.create("p_1000_7")])
        #expect(machine.handle(.created, now: .milliseconds(100)) == [.list(after: .zero)])
        return machine
    }

    private func keys(_ names: String..., age: Duration = .seconds(1)) -> [LockKey] { names.map { LockKey(name: $0, age: age) } }

    @Test func `alone and settled owns`() {
        var machine = contender()
        let own = keys("p_1000_7")
        #expect(machine.handle(.listed(own, since: .seconds(5)), now: .seconds(5)) == [.list(after: .milliseconds(250))])
        #expect(machine.handle(.listed(own, since: .milliseconds(5100)), now: .milliseconds(5150)) == [.own])
    }

    @Test func `a listing that was asked for before the key had settled does not count`() {
        var machine = contender()
        #expect(
            machine.handle(.listed(keys("p_1000_7"), since: .milliseconds(5050)), now: .seconds(9)) == [.list(after: .milliseconds(250))])
    }

    @Test func `behind another waits, then gives up and deletes its key`() {
        var machine = contender()
        let both = keys("p_0999_a", "p_1000_7")
        #expect(machine.handle(.listed(both, since: .seconds(6)), now: .seconds(6)) == [.list(after: .milliseconds(250))])
        #expect(machine.handle(.listed(both, since: .seconds(10)), now: .seconds(10)) == [.delete("p_1000_7"), .giveUp])
    }

    @Test func `a key that a listing does not show is not owned`() {
        var machine = contender()
        #expect(machine.handle(.listed([], since: .seconds(6)), now: .seconds(6)) == [.list(after: .milliseconds(250))])
    }

    @Test func `foreign keys older than a quarter of an hour are deleted and do not count`() {
        var machine = contender()
        let listing = keys("p_0001_dead", age: .seconds(901)) + keys("p_1000_7")
        #expect(machine.handle(.listed(listing, since: .seconds(6)), now: .seconds(6)) == [.delete("p_0001_dead"), .own])
    }

    @Test func `a foreign key of exactly a quarter of an hour stays`() {
        var machine = contender()
        let listing = keys("p_0001_slow", age: .seconds(900)) + keys("p_1000_7")
        #expect(machine.handle(.listed(listing, since: .seconds(6)), now: .seconds(6)) == [.list(after: .milliseconds(250))])
    }

    @Test func `a key of an older version with another prefix is waited for although it sorts behind`() {
        var machine = contender(foreign: ["q-null-lock-"])
        let listing = keys("p_1000_7", "q-null-lock-_2000_b")
        #expect(machine.handle(.listed(listing, since: .seconds(6)), now: .seconds(6)) == [.list(after: .milliseconds(250))])
        #expect(machine.handle(.listed(keys("p_1000_7"), since: .seconds(7)), now: .seconds(7)) == [.own])
    }

    @Test func `a creation that took too long is thrown away and done again`() {
        var machine = Machine(settings: Machine.Settings(prefix: "p", wait: .seconds(10)), now: .zero)
        _ = machine.handle(.begin(wallMilliseconds: 1000, random: 7), now: .zero)
        #expect(machine.handle(.created, now: .milliseconds(2001)) == [.delete("p_1000_7"), .beginAgain])
        #expect(machine.handle(.begin(wallMilliseconds: 3001, random: 8), now: .milliseconds(2001)) == [.create("p_3001_8")])
    }

    @Test func `a store that fails is asked again until the time is over`() {
        var machine = contender()
        #expect(machine.handle(.failed, now: .seconds(3)) == [.list(after: .milliseconds(250))])
        #expect(machine.handle(.failed, now: .seconds(10)) == [.delete("p_1000_7"), .giveUp])
    }

    @Test func `a key that could not be made is deleted all the same`() {
        var machine = Machine(settings: Machine.Settings(prefix: "p", wait: .seconds(10)), now: .zero)
        _ = machine.handle(.begin(wallMilliseconds: 1000, random: 7), now: .zero)
        #expect(machine.handle(.failed, now: .seconds(1)) == [.delete("p_1000_7"), .giveUp])
    }
}
