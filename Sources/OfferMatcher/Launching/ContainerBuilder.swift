import AppModel
import ResourceModel

/// The ContainerInfo of a task (contracts/marathon.md §8.1, §8.2).
enum ContainerBuilder {
    /// Nil when the task needs neither a container nor a network of its own.
    static func container(of app: AppDefinition, ports: TaskPorts) -> ContainerInfo? {
        guard var info = app.container.map({ container(of: $0, ports: ports) }) ?? app.ipAddress.map({ _ in ContainerInfo(type: "MESOS") })
        else { return nil }
        if let address = app.ipAddress {
            var network = NetworkInfo(name: address.networkName)
            network.groups = address.groups
            network.labels = address.labels.isEmpty ? nil : TaskInfoBuilder.labels(address.labels)
            info.network_infos = [network]
        }
        return info
    }

    private static func container(of container: AppContainer, ports: TaskPorts) -> ContainerInfo {
        var info = ContainerInfo(type: container.type.rawValue)
        info.volumes = container.volumes.compactMap { volume(of: $0, in: container) }
        switch container.type {
        case .docker:
            info.docker = container.docker.map { docker($0, ports: ports) }
            info.docker?.volume_driver = container.volumes.lazy.compactMap { $0.external?.options["dvdi/driver"] }.first
        case .mesos: info.mesos = image(of: container).map { ContainerInfo.Mesos(image: $0) }
        }
        return info
    }

    /// Persistent volumes come with the resources of the task: nil.
    private static func volume(of volume: AppVolume, in container: AppContainer) -> Volume? {
        guard volume.persistent == nil else { return nil }
        var info = Volume(container_path: volume.containerPath, host_path: volume.hostPath, mode: volume.mode.rawValue)
        guard let external = volume.external else { return info }
        if container.type == .docker {
            // Docker finds a named volume by the "host path", through the driver of the container.
            info.host_path = external.name
            return info
        }
        var options = external.options.filter { $0.key != "dvdi/driver" }
        if let size = external.size { options["dvdi/size"] = "\(size)" }
        let parameters = options.sorted { $0.key < $1.key }.map { option in
            ResourceModel.Parameter(key: option.key.split(separator: "/").last.map(String.init) ?? option.key, value: option.value)
        }
        info.source = Volume.Source(
            docker_volume: Volume.Source.DockerVolume(
                driver: external.options["dvdi/driver"], name: external.name,
                driver_options: parameters.isEmpty ? nil : Volume.Source.Options(parameter: parameters)))
        return info
    }

    private static func docker(_ docker: AppContainer.Docker, ports: TaskPorts) -> ContainerInfo.Docker {
        var info = ContainerInfo.Docker(image: docker.image)
        info.network = docker.network?.rawValue
        info.privileged = docker.privileged
        info.parameters = docker.parameters.map { ResourceModel.Parameter(key: $0.key, value: $0.value) }
        info.force_pull_image = docker.forcePullImage
        info.port_mappings = ports.entries.flatMap { entry -> [ContainerInfo.Docker.PortMapping] in
            guard let hostPort = entry.hostPort, let containerPort = entry.containerPort else { return [] }
            return entry.protocols.map {
                ContainerInfo.Docker.PortMapping(host_port: hostPort, container_port: containerPort, protocol: $0)
            }
        }
        return info
    }

    private static func image(of container: AppContainer) -> ContainerInfo.Mesos.Image? {
        if let docker = container.docker {
            let credential = docker.credential.map {
                ContainerInfo.Mesos.Image.Credential(principal: $0.principal, secret: $0.secret)
            }
            return ContainerInfo.Mesos.Image(
                docker: ContainerInfo.Mesos.Image.Docker(name: docker.image, credential: credential), cached: !docker.forcePullImage)
        }
        return container.appc.map { appc in
            ContainerInfo.Mesos.Image(
                appc: ContainerInfo.Mesos.Image.AppC(
                    name: appc.image, id: appc.id, labels: appc.labels.isEmpty ? nil : TaskInfoBuilder.labels(appc.labels)),
                cached: !appc.forcePullImage)
        }
    }
}
