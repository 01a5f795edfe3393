import AppModel
import Testing

@Suite struct AppUpdateTests {
    let base: AppDefinition

    init() throws {
        base = try app(#"{"id":"x","cmd":"a","env":{"A":"1","B":"2"},"labels":{"l":"m"},"ports":[7000,0],"instances":2}"#)
    }

    func update(_ text: String) throws -> AppUpdate { try AppUpdate(json: JSONValue(parsing: text), id: base.id) }

    @Test func `present fields replace as a whole, absent and null ones stay`() throws {
        let changed = try update(#"{"env":{"C":"3"},"labels":null,"mem":64}"#).applied(to: base)
        #expect(changed.env == ["C": "3"])
        #expect(changed.labels == ["l": "m"])
        #expect(changed.mem == 64)
        #expect(changed.portDefinitions == base.portDefinitions)
    }

    @Test func `the id of the URL wins`() throws {
        #expect(try update(#"{"id":"/other","mem":1}"#).id == base.id)
    }

    @Test func `a lone version is a rollback, with other fields an error`() throws {
        #expect(try update(#"{"id":"/x","version":"2016-01-01T00:00:00.000Z"}"#).rollbackVersion() == Timestamp("2016-01-01"))
        #expect(try update(#"{"mem":1}"#).rollbackVersion() == nil)
        #expect(throws: AppInputError.illegal("requirement failed: The 'version' field may only be combined with the 'id' field.")) {
            try update(#"{"version":"2016-01-01T00:00:00.000Z","mem":1}"#).rollbackVersion()
        }
    }

    @Test func `a version that is no time is refused`() {
        #expect(throws: AppInputError.illegal("Invalid format: \"yesterday\"")) { try update(#"{"version":"yesterday"}"#) }
    }

    @Test func `an address per task next to ports is refused`() throws {
        let changed = try update(#"{"ipAddress":{}}"#).applied(to: base)
        #expect(throws: AppInputError.self) { try AppValidator().validate(changed) }
        try AppValidator().validate(try update(#"{"ipAddress":{},"ports":[]}"#).applied(to: base))
    }

    @Test func `versions follow the kind of change`() throws {
        let later = Timestamp(milliseconds: now.milliseconds + 1000)
        let stored = base.versioned(after: nil, now: now).app
        #expect(stored.versionInfo == VersionInfo(lastScalingAt: now, lastConfigChangeAt: now))

        let scaled = try update(#"{"instances":5}"#).applied(to: stored).versioned(after: stored, now: later)
        #expect(scaled.change == .scaling)
        #expect(scaled.app.version == later)
        #expect(scaled.app.versionInfo == VersionInfo(lastScalingAt: later, lastConfigChangeAt: now))

        let changed = try update(#"{"instances":5,"cmd":"b"}"#).applied(to: stored).versioned(after: stored, now: later)
        #expect(changed.change == .configuration)
        #expect(changed.app.versionInfo == VersionInfo(lastScalingAt: later, lastConfigChangeAt: later))

        let same = try update(#"{"cmd":"a"}"#).applied(to: stored).versioned(after: stored, now: later)
        #expect(same.change == .none)
        #expect(same.app == stored)

        let restarted = stored.versioned(after: stored, now: later, restart: true)
        #expect(restarted.change == .restart)
        #expect(restarted.app.versionInfo?.lastConfigChangeAt == now)
    }

    @Test func `the order within sets is no change`() throws {
        let one = try app(
            #"{"id":"x","cmd":"a","constraints":[["hostname","UNIQUE"],["r","GROUP_BY"]],"dependencies":["/a","/b"],"acceptedResourceRoles":["a","*"]}"#
        )
        let other = try app(
            #"{"id":"x","cmd":"a","constraints":[["r","GROUP_BY"],["hostname","UNIQUE"],["hostname","UNIQUE"]],"dependencies":["/b","/a"],"acceptedResourceRoles":["*","a"]}"#
        )
        #expect(one.hasSameConfiguration(as: other))
    }

    @Test func `resident apps may change neither volumes nor resources`() throws {
        let resident = try app(AppJSONTests.examples[6])
        var changed = resident
        changed.cpus = 9
        changed.container?.volumes[0].persistent?.size = 9
        let errors = AppValidator().residencyViolations(from: resident, to: changed).flatMap(\.errors)
        #expect(errors == ["Persistent volumes can not be changed!", "Resident Tasks may not change resource requirements!"])
        #expect(AppValidator().residencyViolations(from: resident, to: resident).isEmpty)
    }
}
