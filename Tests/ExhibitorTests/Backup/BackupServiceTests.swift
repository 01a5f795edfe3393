import EnsembleBackup
import Glibc
import Testing

@testable import Exhibitor

@Suite struct BackupServiceTests {
    @Test func logsAndTheNewestWholeSnapshotAreBackedUp() async throws {
        let fixture = try BackupFixture()
        try fixture.writeLog("log.1", content: "a")
        try fixture.writeLog("log.9", content: "b")
        try fixture.write("log/version-2/log.20", [0, 0])
        try fixture.write("log/version-2/notes", [1])
        try fixture.writeSnapshot("snapshot.5")
        try fixture.writeSnapshot("snapshot.7")
        try fixture.write("data/version-2/snapshot.8", [1, 2, 3])
        let destination = MemoryDestination()
        let service = fixture.service(switches: await fixture.switches(), destination: destination)
        try await BackupFixture.running(service) {
            try await BackupFixture.wait { service.state.values.lastSuccess != nil }
            #expect(await destination.names == ["log.1", "log.9", "snapshot.7"])
            let values = service.state.values
            #expect(values.active)
            #expect(values.files == 3)
            #expect(values.bytes > 0)
            #expect(values.lastError == nil)
            #expect(values.destination == "memory")
            #expect(service.state.lastSuccessSeconds.map { $0 > 1_700_000_000 } ?? false)
        }
    }

    @Test func aChangedLogReplacesItsOlderVersion() async throws {
        let fixture = try BackupFixture()
        try fixture.writeLog("log.1", content: "a", modified: 1_700_000_000_000)
        let destination = MemoryDestination()
        let service = fixture.service(switches: await fixture.switches(), destination: destination)
        try await BackupFixture.running(service) {
            try await BackupFixture.wait { await destination.entries == [BackupEntry(name: "log.1", modified: 1_700_000_000_000)] }
            try fixture.writeLog("log.1", content: "ab", modified: 1_700_000_060_000)
            try await BackupFixture.wait { await destination.entries == [BackupEntry(name: "log.1", modified: 1_700_000_060_000)] }
        }
    }

    @Test func whatTheServerPurgedIsKeptUntilItIsOld() async throws {
        let fixture = try BackupFixture(maxStoreMs: 600)
        try fixture.writeLog("log.1")
        try fixture.writeLog("log.5")
        let destination = MemoryDestination()
        let service = fixture.service(switches: await fixture.switches(), destination: destination)
        try await BackupFixture.running(service) {
            try await BackupFixture.wait { await destination.names == ["log.1", "log.5"] }
            try fixture.writeSnapshot("snapshot.7")
            try Self.remove(fixture.root + "/log/version-2/log.1")
            try await BackupFixture.wait { await destination.names.contains("snapshot.7") }
            // Old now, and no restore would read it.
            try await BackupFixture.wait { await destination.names == ["log.5", "snapshot.7"] }
        }
    }

    @Test func aPeriodThatIsSetLaterTakesEffectWithoutARestart() async throws {
        let fixture = try BackupFixture(periodMs: 0)
        try fixture.writeLog("log.1")
        let destination = MemoryDestination()
        let service = fixture.service(switches: await fixture.switches(), destination: destination)
        try await BackupFixture.running(service) {
            try await BackupFixture.wait { service.state.values.active }
            #expect(await destination.lists == 0)
            fixture.change { $0.periodMs = 50 }
            try await BackupFixture.wait { await destination.lists >= 3 }
            fixture.change { $0.periodMs = 0 }
            // What was under way when it changed may still end.
            try await BackupFixture.wait {
                let before = await destination.lists
                try await Task.sleep(for: .milliseconds(300))
                return await destination.lists == before
            }
        }
    }

    @Test func aShorterPeriodDoesNotWaitForTheEndOfTheLongOne() async throws {
        let fixture = try BackupFixture(periodMs: 3_600_000)
        try fixture.writeLog("log.1")
        let destination = MemoryDestination()
        let service = fixture.service(switches: await fixture.switches(), destination: destination)
        try await BackupFixture.running(service) {
            try await BackupFixture.wait { await destination.lists == 1 }
            fixture.change { $0.periodMs = 40 }
            try await BackupFixture.wait { await destination.lists >= 3 }
        }
    }

    @Test func theSwitchHoldsBackRoundsButNotAnOrder() async throws {
        let fixture = try BackupFixture(periodMs: 30)
        try fixture.writeLog("log.1")
        let destination = MemoryDestination()
        let switches = await fixture.switches()
        try await switches.set(.backups, to: false)
        let service = fixture.service(switches: switches, destination: destination)
        try await BackupFixture.running(service) {
            try await BackupFixture.wait { service.state.values.active }
            try await Task.sleep(for: .milliseconds(200))
            #expect(await destination.lists == 0)
            #expect(await service.backUpNow() == .ok)
            try await BackupFixture.wait { service.state.values.lastSuccess != nil }
            #expect(await destination.names == ["log.1"])
            try await switches.set(.backups, to: true)
            try await BackupFixture.wait { await destination.lists >= 3 }
        }
    }

    @Test func anOrderWorksWithoutAPeriod() async throws {
        let fixture = try BackupFixture(periodMs: 0)
        try fixture.writeLog("log.1")
        let destination = MemoryDestination()
        let service = fixture.service(switches: await fixture.switches(), destination: destination)
        try await BackupFixture.running(service) {
            #expect(await service.backUpNow() == .ok)
            try await BackupFixture.wait { await destination.names == ["log.1"] }
        }
    }

    @Test func aFailureIsToldAndTheNextRoundGoesOn() async throws {
        let fixture = try BackupFixture()
        try fixture.writeLog("log.1")
        let destination = MemoryDestination()
        await destination.setBroken(true)
        let service = fixture.service(switches: await fixture.switches(), destination: destination)
        try await BackupFixture.running(service) {
            try await BackupFixture.wait { service.state.values.lastError == "the store is away" }
            #expect(service.state.values.lastSuccess == nil)
            #expect(fixture.activityLog.text.contains("The backup failed: the store is away"))
            await destination.setBroken(false)
            try await BackupFixture.wait { service.state.values.lastSuccess != nil }
            #expect(service.state.values.lastError == nil)
        }
    }

    @Test func withoutProviderOrDestinationThereIsNothing() async throws {
        let fixture = try BackupFixture()
        let switches = await fixture.switches()
        let none = fixture.service(nil, switches: switches, destination: nil)
        #expect(try await none.stored().isEmpty)
        #expect(await none.backUpNow() == .failed("No backup provider is configured"))
        #expect(await none.fields().isEmpty)
        let unset = fixture.service(.fileSystem, switches: switches, destination: nil)
        #expect(try await unset.stored().isEmpty)
        #expect(await unset.backUpNow() == .failed("The destination of the backups is not set"))
        #expect(!unset.state.values.active)
    }

    @Test func theFieldsOfAProviderHaveTheValuesOfTheConfiguration() async throws {
        let fixture = try BackupFixture()
        let service = fixture.service(switches: await fixture.switches(), destination: nil)
        #expect(await service.fields().map(\.key) == ["directory"])
        #expect(await service.fields().map(\.value) == [fixture.root + "/store"])
        #expect(
            BackupProvider.s3.fields(with: []).map(\.key) == ["throttle", "bucket-name", "key-prefix", "max-retries", "retry-sleep-ms"])
        #expect(BackupProvider.s3.fields(with: []).map(\.value) == ["1048576", "", "exhibitor-backup", "3", "1000"])
    }

    @Test func theProvidersExcludeEachOther() throws {
        #expect(try BackupProvider.chosen(fileSystem: false, s3: false) == nil)
        #expect(try BackupProvider.chosen(fileSystem: true, s3: false) == .fileSystem)
        #expect(try BackupProvider.chosen(fileSystem: false, s3: true) == .s3)
        #expect(throws: ConfigurationError.twoBackupProviders) { try BackupProvider.chosen(fileSystem: true, s3: true) }
    }

    private static func remove(_ path: String) throws {
        guard unlink(path) == 0 else { throw BackupFixture.TooSlow() }
    }
}
