import EnsembleBackup
import Testing

@testable import Exhibitor

@Suite struct BackupPlannerTests {
    private func entry(_ name: String, _ modified: Int64) -> BackupEntry { BackupEntry(name: name, modified: modified) }
    private func steps(
        live: [BackupEntry], stored: [BackupEntry], prunes: Bool = false, maximumAge: Int64 = 1000, now: Int64 = 10_000
    ) -> [BackupPlanner.Step] {
        BackupPlanner(maximumAge: maximumAge).steps(live: live, stored: stored, prunes: prunes, now: now)
    }

    @Test func aFileThatIsStoredWithItsTimeIsNotStoredAgain() {
        #expect(steps(live: [entry("log.1", 5)], stored: [entry("log.1", 5)]).isEmpty)
    }

    @Test func anOlderVersionGoesAfterTheNewerOneIsStored() {
        #expect(
            steps(live: [entry("log.1", 9)], stored: [entry("log.1", 5), entry("log.1", 7)])
                == [.upload(entry("log.1", 9)), .delete(entry("log.1", 5)), .delete(entry("log.1", 7))])
    }

    @Test func whatADeadRoundLeftIsCleanedUp() {
        #expect(steps(live: [], stored: [entry("log.1", 5), entry("log.1", 7)]) == [.delete(entry("log.1", 5))])
    }

    @Test func anotherMembersLaterStateOfTheSameFileIsKept() {
        #expect(steps(live: [entry("log.1", 5)], stored: [entry("log.1", 7)]).isEmpty)
    }

    @Test func snapshotsComeBeforeTheLogsThatAreReadAfterThem() {
        #expect(
            steps(live: [entry("log.9", 2), entry("log.1", 1), entry("snapshot.8", 3)], stored: [])
                == [.upload(entry("snapshot.8", 3)), .upload(entry("log.1", 1)), .upload(entry("log.9", 2))])
    }

    @Test func oldFilesAreDeletedOnlyWhenItIsTimeForThat() {
        let stored = [entry("log.1", 1), entry("log.5", 9500), entry("snapshot.6", 9600)]
        #expect(steps(live: [], stored: stored).isEmpty)
        #expect(steps(live: [], stored: stored, prunes: true) == [.delete(entry("log.1", 1))])
        #expect(steps(live: [], stored: stored, prunes: true, maximumAge: 0).isEmpty)
    }

    @Test func whatARestoreWouldStartFromIsKeptHoweverOldItIs() {
        let stored = [entry("log.1", 1), entry("log.5", 2), entry("log.8", 4), entry("snapshot.3", 2), entry("snapshot.6", 3)]
        #expect(steps(live: [], stored: stored, prunes: true) == [.delete(entry("log.1", 1)), .delete(entry("snapshot.3", 2))])
    }

    @Test func foreignNamesAreLeftAlone() {
        #expect(steps(live: [], stored: [entry("notes", 1), entry("notes", 2)], prunes: true).isEmpty)
    }
}

/// Members that back up to one store, at random times, and die at random steps.
@Suite struct BackupPlannerPropertyTests {
    private struct Member {
        var logs: [BackupEntry] = []
        var snapshots: [BackupEntry] = []
        var live: [BackupEntry] { logs + snapshots.suffix(1) }
    }

    private struct World {
        var random: SeededGenerator
        var members: [Member]
        var stored: Set<BackupEntry> = []
        var now: Int64 = 1_000_000
        var zxid: UInt64 = 1
        let planner: BackupPlanner

        init(seed: UInt64) {
            random = SeededGenerator(seed: seed)
            members = (0..<Int.random(in: 1...3, using: &random)).map { _ in Member() }
            planner = BackupPlanner(maximumAge: Int64.random(in: 1000...50_000, using: &random))
        }

        /// The servers write, roll their logs, take snapshots and purge.
        mutating func live() {
            now += Int64.random(in: 1...5000, using: &random)
            for index in members.indices {
                switch Int.random(in: 0..<6, using: &random) {
                case 0, 1, 2:
                    if members[index].logs.isEmpty { members[index].logs.append(log()) }
                    members[index].logs[members[index].logs.count - 1].modified = now
                case 3:
                    let name = DataFile.snapshot(taken: Zxid(rawValue: zxid), compression: .none).name
                    members[index].snapshots.append(BackupEntry(name: name, modified: now))
                    members[index].logs.append(log())
                case 4:
                    if members[index].snapshots.count > 2 { members[index].snapshots.removeFirst() }
                    if members[index].logs.count > 3 { members[index].logs.removeFirst() }
                default: break
                }
            }
        }

        mutating func log() -> BackupEntry {
            zxid += UInt64.random(in: 1...20, using: &random)
            return BackupEntry(name: DataFile.log(first: Zxid(rawValue: zxid)).name, modified: now)
        }

        /// What a restore from the store would start from.
        var startingPoint: (snapshot: DataFile?, logs: Set<String>) {
            let files = Set(stored.map(\.name)).compactMap(DataFile.init(name:))
            let snapshot = files.snapshots.first
            let needed = files.logs(neededAfter: snapshot?.zxid ?? Zxid(rawValue: 0)).map { DataFile.log(first: $0).name }
            return (snapshot, Set(needed))
        }
    }

    @Test(arguments: 0..<300)
    func theStoreAlwaysHoldsWhatIsNeededAndNotMuchMore(round: Int) {
        let seed = UInt64.random(in: 0...UInt64.max)
        var world = World(seed: seed)
        for _ in 0..<40 {
            world.live()
            let member = world.members[Int.random(in: world.members.indices, using: &world.random)]
            let prunes = Bool.random(using: &world.random)
            let steps = world.planner.steps(live: member.live, stored: Array(world.stored), prunes: prunes, now: world.now)
            let dies = Int.random(in: 0..<4, using: &world.random) == 0
            let carriedOut = dies ? Int.random(in: 0...steps.count, using: &world.random) : steps.count
            for step in steps.prefix(carriedOut) {
                switch step {
                case .upload(let entry): world.stored.insert(entry)
                case .delete(let entry):
                    let before = world.startingPoint
                    let isReplaced = world.stored.contains { $0.name == entry.name && $0.modified > entry.modified }
                    let isOld = entry.modified < world.now - world.planner.maximumAge
                    world.stored.remove(entry)
                    #expect(isReplaced || (isOld && prunes), "seed \(seed): \(entry)")
                    let after = world.startingPoint
                    #expect(after.snapshot == before.snapshot, "seed \(seed): \(entry)")
                    #expect(after.logs.isSuperset(of: before.logs), "seed \(seed): \(entry)")
                }
            }
            guard carriedOut == steps.count else { continue }
            for entry in member.live {
                #expect(world.stored.contains { $0.name == entry.name && $0.modified >= entry.modified }, "seed \(seed): \(entry)")
            }
            #expect(Set(world.stored.map(\.name)).count == world.stored.count, "seed \(seed): two versions of a file")
            guard prunes else { continue }
            let kept = world.startingPoint.logs.union(member.live.map(\.name)).union(world.startingPoint.snapshot.map { [$0.name] } ?? [])
            let overdue = world.stored.filter { $0.modified < world.now - world.planner.maximumAge && !kept.contains($0.name) }
            #expect(overdue.isEmpty, "seed \(seed): \(overdue)")
        }
    }
}
