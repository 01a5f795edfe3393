import FoundationEssentials
import Testing

@testable import MesosDNS

@Suite struct ConfigurationTests {
    @Test func keysMatchInAnyLetterCaseAndUnknownOnesAreIgnored() throws {
        let json =
            #"{"ZK":"zk://h:2181/mesos","REFRESHseconds":30,"ipsources":["host","netinfo"],"setTRUNCATEbit":false,"email":"x","Resolvers":["9.9.9.9:54"],"mesosCredentials":{"Principal":"p","secret":"s"}}"#
        let configuration = try MesosDNSConfiguration(json: Data(json.utf8)).validated()
        #expect(configuration.zk == "zk://h:2181/mesos")
        #expect(configuration.refreshSeconds == 30)
        #expect(configuration.ipSources == [.host, .netinfo])
        #expect(!configuration.setTruncateBit)
        #expect(configuration.resolvers == ["9.9.9.9:54"])
        #expect(configuration.mesosCredentials == .init(principal: "p", secret: "s"))
        #expect(configuration.soaMname == "ns1.mesos." && configuration.port == 53)
    }

    @Test(arguments: [
        (#"{}"#, "zk"), (#"{"zk":"zk://h/m","IPSources":[]}"#, "IPSources"),
        (#"{"zk":"zk://h/m","IPSources":["host","host"]}"#, "IPSources"),
        (#"{"zk":"zk://h/m","IPSources":["moon"]}"#, "IPSources"), (#"{"zk":"zk://h/m","dnson":false,"httpon":false}"#, "dnson"),
        (#"{"zk":"zk://h/m","domain":"a_b"}"#, "domain"), (#"{"zk":"zk://h/m","zoneResolvers":{"mesos":["8.8.8.8"]}}"#, "zoneResolvers"),
        (#"{"zk":"zk://h/m","zoneResolvers":{"a.b":["8.8.8.8"],"b":["8.8.8.8"]}}"#, "zoneResolvers"),
        (#"{"zk":"zk://h/m","zoneResolvers":{"a":[]}}"#, "zoneResolvers"), (#"{"zk":"zk://h/m","CertFile":"x"}"#, "CertFile"),
        (#"{"zk":"zk://h/m","masters":["a:1","a:1"]}"#, "masters"), (#"{"zk":"zk://h/m","port":70000}"#, "port"),
        (#"{"zk":"zk://h/m","ttl":"x"}"#, "ttl"), (#"{"zk":"zk://h/m","resolvers":["dns.example"]}"#, "resolvers"), ("[", "config"),
    ])
    func whatCannotWorkIsNamed(_ json: String, _ key: String) {
        #expect {
            try MesosDNSConfiguration(json: Data(json.utf8)).validated()
        } throws: {
            ($0 as? MesosDNSConfiguration.Invalid)?.key == key
        }
    }
}
