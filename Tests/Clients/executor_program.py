"""A custom executor on the public pymesos. A task's data says what it does: "run" until it is killed, or "finish".

Each update's message is the executor's process id; messages of the framework are sent back.
"""

import base64
import os

import pymesos


class Executor(pymesos.Executor):
    def launchTask(self, driver, task):
        self.update(driver, task["task_id"], "TASK_RUNNING")
        if base64.b64decode(task["data"]) == b"finish":
            self.update(driver, task["task_id"], "TASK_FINISHED")

    def killTask(self, driver, task_id):
        self.update(driver, task_id, "TASK_KILLED")

    def frameworkMessage(self, driver, message):
        driver.sendFrameworkMessage(message)

    @staticmethod
    def update(driver, task_id, state):
        driver.sendStatusUpdate({"task_id": task_id, "state": state, "message": str(os.getpid())})


if __name__ == "__main__":
    pymesos.MesosExecutorDriver(Executor()).run()
