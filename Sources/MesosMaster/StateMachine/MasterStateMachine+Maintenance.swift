import ClusterState
import ResourceModel

// Maintenance: schedule, inverse offers, machines down and up (contracts/mesos.md §4.9).
extension MasterStateMachine {
    mutating func setSchedule(_ request: RequestID, _ schedule: MaintenanceSchedule, now: Moment) {
        emit(.reply(request, Reply(status: 501)))
    }

    mutating func machinesDown(_ request: RequestID, _ machines: [MachineID], now: Moment) {
        emit(.reply(request, Reply(status: 501)))
    }

    mutating func machinesUp(_ request: RequestID, _ machines: [MachineID], now: Moment) {
        emit(.reply(request, Reply(status: 501)))
    }
}
