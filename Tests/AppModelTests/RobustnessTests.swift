import AppModel
import FoundationEssentials
import Testing

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
}

@Suite struct RobustnessTests {
    static let strange: [JSONValue] = [
        .null, true, -1, 0, 1.5, 1e300, 9_007_199_254_740_993, "", "x", "ä\u{0}\n\"\\/", "/", "..", [], [[]], [nil], [1, "a"], [:],
        ["a": 1],
        ["secret": 1], ["port": -1], ["protocol": "COMMAND"], [["hostname", "LIKE", "("]], [["hostname", "GROUP_BY", 2]], "disabled",
    ]

    /// Replaces one random value anywhere in the document.
    func mutated(_ value: JSONValue, _ random: inout SeededGenerator) -> JSONValue {
        let stops = Int.random(in: 0..<4, using: &random) == 0
        switch value {
        case .object(var object) where !stops && !object.members.isEmpty:
            let member = object.members[Int.random(in: 0..<object.members.count, using: &random)]
            object[member.key] = mutated(member.value, &random)
            return .object(object)
        case .array(var elements) where !stops && !elements.isEmpty:
            let index = Int.random(in: 0..<elements.count, using: &random)
            elements[index] = mutated(elements[index], &random)
            return .array(elements)
        default: return Self.strange[Int.random(in: 0..<Self.strange.count, using: &random)]
        }
    }

    @Test func `whatever stands in a definition, it is refused with a status or survives its own JSON`() throws {
        for seed in UInt64(0)..<3000 {
            var random = SeededGenerator(seed: seed)
            let text = AppJSONTests.examples[Int.random(in: 0..<AppJSONTests.examples.count, using: &random)]
            var json = try JSONValue(parsing: text)
            for _ in 0..<Int.random(in: 1...3, using: &random) { json = mutated(json, &random) }
            do {
                let definition = try AppDefinition(json: json, version: now)
                try #require(try AppDefinition(stored: definition.json) == definition, "seed \(seed): \(json.text)")
                try AppValidator(features: Set(Feature.allCases)).validate(definition)
                // What is accepted can be launched.
                let ports = TaskPorts(app: definition, hostPorts: [31000])
                _ = TaskEnvironment.variables(of: definition, taskID: "x.1", host: "h", ports: ports)
                _ = DiscoveryPort.all(of: definition, ports: ports)
                _ = LaunchBackoff.afterFailure(of: definition, previous: nil, now: now)
            } catch let error as AppInputError {
                try #require(error.status == 400 || error.status == 422, "seed \(seed)")
                try #require(error.body["message"]?.string?.isEmpty == false, "seed \(seed)")
            }
        }
    }

    @Test func `bytes changed at random are read or refused, never worse`() throws {
        for seed in UInt64(0)..<3000 {
            var random = SeededGenerator(seed: seed)
            var bytes = Array(AppJSONTests.examples[Int.random(in: 0..<AppJSONTests.examples.count, using: &random)].utf8)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: index)
                default: bytes.removeSubrange(index...)
                }
                if bytes.isEmpty { break }
            }
            guard let value = try? JSONValue(parsing: bytes) else { continue }
            try #require(try JSONValue(parsing: value.bytes) == value, "seed \(seed)")
        }
    }

    @Test(arguments: [
        #""\u00e4\ud83d\ude00\n\/""#, "[1,-0,1.5e-3,1E5,9223372036854775807,9223372036854775808]", "{}", " [ ] ", "\"\u{7F}ä\"",
        "{\"a\":{\"b\":[null,true,false]}}",
    ])
    func `JSON survives the round trip`(text: String) throws {
        let value = try JSONValue(parsing: text)
        #expect(try JSONValue(parsing: value.text) == value)
    }

    @Test(arguments: [
        "[1,]", "{\"a\":1,}", "01", "1.", "+1", "\"\\x\"", "\"\\ud800\"", "\"\t\"", "nul", "[1 2]", "{a:1}", "1e999", "", "[", "\"a",
        "{\"a\"}",
    ])
    func `what is not JSON is refused`(text: String) {
        #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: text) }
    }

    @Test func `invalid UTF-8 is refused`() {
        #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: [0x22, 0xC3, 0x28, 0x22]) }
    }

    @Test(arguments: AppJSONTests.examples)
    func `the standard coders carry a definition`(text: String) throws {
        let definition = try app(text).versioned(after: nil, now: now).app
        let data = try JSONEncoder().encode(definition)
        #expect(try JSONDecoder().decode(AppDefinition.self, from: data) == definition)
    }
}
