import EnsembleModel
import Testing

struct ConfigurationCollectionTests {
    @Test func everyKeySurvivesItsStoredForm() {
        var current = InstanceConfiguration()
        for property in ConfigurationProperty.allCases {
            switch property.value {
            case .text: current[property] = "/a b/\(property.rawValue)=:é\n"
            case .number: current[property] = "4711"
            case .flag: current[property] = "1"
            case .lines: current[property] = "k=v%3D1&l=a+b"
            case .servers: current[property] = "1:a,O:2:b"
            }
        }
        var target = current
        target.clientPort = 99
        for release in [nil, ConfigurationCollection.Release(target: target, hosts: ["a", "b"], index: 1)] {
            let collection = ConfigurationCollection(current: current, release: release)
            let text = collection.text(writtenBy: "a")
            #expect(ConfigurationCollection(properties: JavaProperties(parsing: text), defaults: InstanceConfiguration()) == collection)
        }
    }

    @Test func onlyHostsWhoseTurnHasComeRunWithTheTarget() {
        var target = InstanceConfiguration()
        target.clientPort = 99
        let collection = ConfigurationCollection(
            current: InstanceConfiguration(), release: .init(target: target, hosts: ["a", "b", "c"], index: 1))
        #expect(["a", "b", "c", "d"].map { collection.configuration(for: $0).clientPort } == [99, 99, 2181, 2181])
    }

    @Test func namesInJSONAreCamelCase() {
        #expect(ConfigurationProperty.autoManageInstancesFixedEnsembleSize.jsonName == "autoManageInstancesFixedEnsembleSize")
        #expect(ConfigurationProperty.checkMs.jsonName == "checkMs")
    }
}
