import ClusterState
import FoundationEssentials
import Logging
import ResourceModel

// Carrying out what the core decides.
extension Agent {
    func apply(_ actions: [AgentAction]) async {
        for action in actions {
            switch action {
            case .launch(let task, let framework):
                guard let id = core.agentID else { continue }
                let run = TaskRun(agent: id, key: task.key, container: task.containerID)
                runs[task.key] = run
                if let id = framework.id { knownFrameworks[id] = framework }
                hands.supervision.launch(task, of: framework, run: run)
            case .kill(let key, let grace):
                hands.supervision.kill(key, grace: grace)
            case .persist(let key, let entry):
                count(entry)
                if let run = runs[key] { hands.updates.append(entry, of: run) }
            case .send(let update):
                hands.outbox.put(update)
            case .publish(let record):
                hands.publisher.publish(record)
            case .retract(let key):
                hands.publisher.retract(key)
            case .complete(let task):
                await complete(task)
            case .launchExecutor(let machine, let framework): launch(machine, of: framework)
            case .checkpoint(let task, let framework, let resources): checkpoint(task, of: framework, container: resources)
            case .tellExecutor(let key, let event): tell(key, event)
            case .closeExecutor(let key): close(key)
            case .destroyExecutor(let key, let grace): hands.executors.kill(key.process, grace: grace)
            case .resizeExecutor(let key, let resources): resize(key, to: resources)
            case .completeExecutor(let machine): await complete(machine)
            case .sendMessage(let message): hands.outbox.put(message)
            case .sendExit(let exit): hands.outbox.put(exit)
            case .republish: hands.publisher.republish()
            case .adopt(let id):
                await adopt(id)
            case .forget:
                await forget()
            }
        }
    }

    func count(_ entry: StatusUpdateStream.Entry) {
        guard case .update(let status) = entry else { return }
        counters.validUpdates += 1
        switch status.state {
        case .finished: counters.finished += 1
        case .failed, .error: counters.failed += 1
        case .killed: counters.killed += 1
        case .lost: counters.lost += 1
        default: break
        }
    }

    func complete(_ task: AgentTask) async {
        guard let run = runs.removeValue(forKey: task.key) else { return }
        remember(task, run, knownFrameworks[task.key.framework])
        await mark(run, "\(task.key)") { store in
            if run.executor == nil { try store.markComplete(run) } else { try store.markTaskComplete(run) }
        }
    }

    func mark(_ run: TaskRun, _ name: String, _ body: @escaping @Sendable (TaskStore) throws -> Void) async {
        do {
            try await hands.io.run { [store = hands.store] in try body(store) }
        } catch {
            logger.error("Cannot mark a run as complete", metadata: ["run": "\(name)", "error": "\(error)"])
        }
    }

    func remember(_ task: AgentTask, _ run: TaskRun, _ framework: FrameworkInfo?) {
        completed.append(Completed(task: task.withoutSecrets, framework: framework, run: run))
        if completed.count > Self.maximumCompleted { completed.removeFirst() }
        // A custom executor's sandbox goes with the executor.
        if run.executor == nil { hands.collector.schedule(run) }
    }

    func adopt(_ id: AgentID) async {
        logger.info("Registered", metadata: ["agent": "\(id)", "epoch": "\(core.epoch)"])
        guard hands.identity.current.value != id else { return }
        while !Task.isCancelled {
            do {
                try await hands.io.run { [store = hands.store, info] in try store.adopt(info, id: id) }
                break
            } catch {
                // Without it a restart would come back as another agent and lose its tasks.
                logger.error("Cannot store the agent's id", metadata: ["error": "\(error)"])
                try? await Task.sleep(for: .seconds(1))
            }
        }
        hands.publisher.adopt(id)
        hands.identity.set(id)
    }

    func forget() async {
        logger.warning("All tasks are dead; the agent will register as a new one")
        try? await hands.io.run { [store = hands.store] in store.forgetAgent() }
        core.forgot()
        hands.publisher.adopt(nil)
        hands.identity.set(nil)
    }
}

extension AgentTask {
    /// What may be kept of a task that is over.
    var withoutSecrets: AgentTask {
        var task = AgentTask(key: key, info: info.withoutSecrets, containerID: containerID, launched: launched)
        for status in statuses { task.record(status) }
        task.phase = .terminated
        return task
    }
}
