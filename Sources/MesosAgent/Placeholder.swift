enum MesosAgentPlaceholder {}
