enum DeploymentPlannerPlaceholder {}
