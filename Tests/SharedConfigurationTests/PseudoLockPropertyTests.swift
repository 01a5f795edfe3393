import Testing

@testable import SharedConfiguration

@Suite struct PseudoLockPropertyTests {
    @Test func `there are never two owners while clocks differ by less than the settling time minus the slowest creation`() async {
        var acquisitions = 0
        for seed in 1...1000 as ClosedRange<UInt64> {
            // A creation that counts is confirmed within 2 s; settling takes 5 s.
            var race = SimulatedLockRace(seed: seed, contenders: 6, maximumSkew: 2900, maximumLatency: 2000, deaths: 2)
            race.run()
            // Other tests wait for real locks meanwhile.
            await Task.yield()
            #expect(race.mostOwners <= 1, "seed \(seed)")
            #expect(race.liveKeysDeleted == 0, "seed \(seed)")
            acquisitions += race.acquisitions
        }
        #expect(acquisitions > 500)
    }

    @Test func `without deaths nothing stays behind and somebody always gets the lock`() async {
        for seed in 1...500 as ClosedRange<UInt64> {
            var race = SimulatedLockRace(seed: seed, contenders: 4, maximumSkew: 1000, maximumLatency: 200, deaths: 0)
            race.run()
            await Task.yield()
            #expect(race.keys.isEmpty, "seed \(seed)")
            #expect(race.acquisitions >= 1, "seed \(seed)")
        }
    }

    @Test func `clocks that differ by more do break it, so the simulation can see it`() async {
        var mostOwners = 0
        for seed in 1...500 as ClosedRange<UInt64> where mostOwners < 2 {
            var race = SimulatedLockRace(seed: seed, contenders: 6, maximumSkew: 30_000, maximumLatency: 500, deaths: 0)
            race.run()
            await Task.yield()
            mostOwners = max(mostOwners, race.mostOwners)
        }
        #expect(mostOwners > 1)
    }
}
