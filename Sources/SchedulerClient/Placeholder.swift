enum SchedulerClientPlaceholder {}
