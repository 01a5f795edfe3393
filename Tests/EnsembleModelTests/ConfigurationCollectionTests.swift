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

    @Test func theListIsTheNewOneForAllOnceTheNewHostsHadTheirTurn() {
        var current = InstanceConfiguration()
        current.servers = ServerList(parsing: "1:a,2:b")
        var target = current
        target.servers = ServerList(parsing: "1:a,3:n")
        var collection = ConfigurationCollection(current: current, release: .init(target: target, hosts: ["n", "a"], index: 0))
        #expect(collection.servers == current.servers)
        #expect(["a", "b", "n"].map { collection.configuration(for: $0).servers } == [current.servers, current.servers, target.servers])
        collection.release?.index = 1
        #expect(collection.servers == target.servers)
        #expect(["a", "b", "n"].map { collection.configuration(for: $0).servers } == [target.servers, target.servers, target.servers])
    }

    @Test func theHighestIDIsRememberedThoughItsListIsGone() {
        var configuration = InstanceConfiguration()
        configuration.servers = ServerList(parsing: "1:a,2:b")
        var collection = ConfigurationCollection(current: configuration)
        collection.current.servers = ServerList(parsing: "1:a,7:b")
        collection.current.servers = ServerList(parsing: "1:a")
        let text = collection.text(writtenBy: "a")
        let read = ConfigurationCollection(properties: JavaProperties(parsing: text), defaults: InstanceConfiguration())
        #expect(read.highestID == 7)
        #expect(read == collection)
    }

    @Test func whatAnEnsembleIsSurvivesTheEndOfARelease() {
        let collection = ConfigurationCollection(
            current: InstanceConfiguration(), release: .init(target: InstanceConfiguration(), hosts: ["a"]),
            imposedServers: ServerList(parsing: "1:a"), isFormed: true)
        let ended = collection.withoutRelease(keeping: collection.current)
        #expect(ended.release == nil && ended.isFormed && ended.imposedServers == collection.imposedServers)
    }
}
