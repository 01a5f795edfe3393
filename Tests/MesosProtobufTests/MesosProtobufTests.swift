import MesosProtobuf
import Testing
