import AppModel
import DeploymentPlanner

let start = Timestamp(milliseconds: 1_475_668_800_000)
let later = start + .seconds(100)

func id(_ text: String) -> AppID { (try? AppID(text)) ?? .root }

func makeApp(_ name: String = "/a", instances: Int = 1, version: Timestamp = start) -> AppDefinition {
    var app = AppDefinition(id: id(name), version: version)
    app.cmd = "sleep 1000"
    app.instances = instances
    app.versionInfo = VersionInfo(lastScalingAt: version, lastConfigChangeAt: version)
    return app
}

func makeTasks(_ count: Int, version: Timestamp = start, condition: PlannedTask.Condition = .running) -> [PlannedTask] {
    (0..<count).map { index in
        PlannedTask(
            id: "a.\(version.milliseconds)-\(index)", version: version, condition: condition,
            startedAt: version + .seconds(index))
    }
}

/// SplitMix64: a seed is all it takes to run a failing case again.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
}
