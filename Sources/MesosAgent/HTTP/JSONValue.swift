import ClusterState
import FoundationEssentials
import ResourceModel

/// JSON in a given order of members, with numbers as the v0 endpoints print them: doubles always with a decimal point
/// (contracts/mesos.md §3.2).
indirect enum JSONValue: Sendable {
    case object([(String, JSONValue)])
    case array([JSONValue])
    case string(String)
    case double(Double)
    case int(Int)
    case bool(Bool)
    /// Finished JSON.
    case raw(Data)

    /// A message in its protobuf-JSON form.
    static func message(_ value: some Encodable) throws -> JSONValue { .raw(try ClusterJSON.encode(value)) }

    /// The flat resources object (contracts/mesos.md §4.1).
    static func resources(_ resources: Resources) -> JSONValue {
        let scalars = ["cpus", "gpus", "mem", "disk"]
        var members: [(String, JSONValue)] = scalars.map { ($0, .double(resources.scalar($0))) }
        for (name, entries) in Dictionary(grouping: resources.entries, by: \.name).sorted(by: { $0.key < $1.key })
        where !scalars.contains(name) {
            switch entries.first?.type {
            case .scalar: members.append((name, .double(resources.scalar(name))))
            case .ranges: members.append((name, .string(resources.ranges(name).description)))
            case .set:
                members.append((name, .string("{" + Set(entries.flatMap { $0.set?.item ?? [] }).sorted().joined(separator: ", ") + "}")))
            case .text, nil: break
            }
        }
        return .object(members)
    }

    static func attributes(_ attributes: [Attribute]) -> JSONValue {
        .object(
            attributes.compactMap { attribute in
                if let value = attribute.scalar?.value { return (attribute.name, .double(value)) }
                if let value = attribute.text?.value { return (attribute.name, .string(value)) }
                if let ranges = attribute.ranges {
                    return (
                        attribute.name,
                        .string(RangeSet(ranges.range.compactMap { $0.begin <= $0.end ? $0.begin...$0.end : nil }).description)
                    )
                }
                return attribute.set.map { (attribute.name, .string("{" + $0.item.joined(separator: ", ") + "}")) }
            })
    }

    var bytes: [UInt8] {
        var output: [UInt8] = []
        write(to: &output)
        return output
    }

    private func write(to output: inout [UInt8]) {
        switch self {
        case .object(let members):
            output.append(UInt8(ascii: "{"))
            for (index, (name, value)) in members.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                Self.quote(name, to: &output)
                output.append(UInt8(ascii: ":"))
                value.write(to: &output)
            }
            output.append(UInt8(ascii: "}"))
        case .array(let elements):
            output.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                element.write(to: &output)
            }
            output.append(UInt8(ascii: "]"))
        case .string(let text): Self.quote(text, to: &output)
        case .double(let value): output += (value.isFinite ? value : 0).description.utf8
        case .int(let value): output += String(value).utf8
        case .bool(let value): output += (value ? "true" : "false").utf8
        case .raw(let data): output += data
        }
    }

    private static func quote(_ text: String, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): output += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "\n"): output += #"\n"#.utf8
            case 0..<0x20:
                let digits = String(byte, radix: 16)
                output += (#"\u00"# + (digits.count == 1 ? "0" : "") + digits).utf8
            default: output.append(byte)
            }
        }
        output.append(UInt8(ascii: "\""))
    }
}
