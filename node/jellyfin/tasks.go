package jellyfin

import (
	"sync"
	"time"

	"sett/node/jellyfin/dto"
	"sett/node/library"
)

var taskRoutes = []Route{
	{Method: "GET", Path: "/ScheduledTasks", Access: Admin, Do: (*API).listTasks},
	{Method: "GET", Path: "/ScheduledTasks/:taskId", Access: Admin, Do: (*API).getTask},
	{Method: "POST", Path: "/ScheduledTasks/Running/:taskId", Access: Admin, Do: (*API).startTask},
	{Method: "DELETE", Path: "/ScheduledTasks/Running/:taskId", Access: Admin, Do: (*API).stopTask},
	{Method: "POST", Path: "/ScheduledTasks/:taskId/Triggers", Access: Admin, Do: (*API).setTriggers},
}

// taskInfo is a TaskInfo.
type taskInfo struct {
	Name                      string
	State                     string
	CurrentProgressPercentage *float64    `json:",omitempty"`
	ID                        string      `json:"Id"`
	LastExecutionResult       *taskResult `json:",omitempty"`
	Triggers                  []struct{}
	Description               string
	Category                  string
	IsHidden                  bool
	Key                       string
}

type taskResult struct {
	StartTimeUtc, EndTimeUtc dto.Time
	Status                   string
	Name, Key                string
	ID                       string `json:"Id"`
}

const (
	scanTaskName = "Scan Media Library"
	scanTaskKey  = "RefreshLibrary"
)

func scanTaskID() string { return library.NewID("task", scanTaskKey).String() }

// tasks remembers when scans ran. It learns so by looking: whoever asks for the tasks, and
// the clock of Run.
type tasks struct {
	mu    sync.Mutex
	since time.Time // the running scan was first seen; zero: none runs
	asked time.Time // a start was asked for and not yet seen
	began time.Time // of the last scan
	ended time.Time
}

// startsWithin is how long a scan that was asked for counts as running before it is seen.
const startsWithin = 2 * time.Second

func (t *tasks) look(now time.Time, running bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case running && t.since.IsZero():
		t.since, t.asked = now, time.Time{}
	case !running && !t.since.IsZero():
		t.began, t.ended, t.since = t.since, now, time.Time{}
	}
}

func (a *API) scanTask() taskInfo {
	percent, running := a.ScanProgress()
	now := time.Now()
	a.tasks.look(now, running)
	info := taskInfo{
		Name: scanTaskName, State: "Idle", ID: scanTaskID(), Triggers: []struct{}{}, Category: "Library", Key: scanTaskKey,
		Description: "Looks for new, changed and removed files in the media folders. Changes on local disks are noticed without it.",
	}
	a.tasks.mu.Lock()
	defer a.tasks.mu.Unlock()
	if running {
		info.State, info.CurrentProgressPercentage = "Running", &percent
	} else if now.Sub(a.tasks.asked) < startsWithin {
		info.State, info.CurrentProgressPercentage = "Running", new(float64)
	}
	if !a.tasks.ended.IsZero() {
		info.LastExecutionResult = &taskResult{
			StartTimeUtc: dto.Time(a.tasks.began), EndTimeUtc: dto.Time(a.tasks.ended), Status: "Completed",
			Name: info.Name, Key: info.Key, ID: info.ID,
		}
	}
	return info
}

func (a *API) taskList() []taskInfo { return []taskInfo{a.scanTask()} }

func (a *API) listTasks(c *call) error {
	if c.q.flag("ishidden", false) {
		return c.json([]taskInfo{})
	}
	return c.json(a.taskList())
}

func (c *call) taskKnown() error {
	if id := c.Param("taskId"); id != scanTaskID() {
		return errNotFound
	}
	return nil
}

func (a *API) getTask(c *call) error {
	if err := c.taskKnown(); err != nil {
		return err
	}
	return c.json(a.scanTask())
}

func (a *API) startTask(c *call) error {
	if err := c.taskKnown(); err != nil {
		return err
	}
	a.tasks.mu.Lock()
	a.tasks.asked = time.Now()
	a.tasks.mu.Unlock()
	a.Rescan()
	return c.done()
}

func (a *API) stopTask(c *call) error {
	if err := c.taskKnown(); err != nil {
		return err
	}
	if a.StopScan == nil {
		return badRequest("A scan cannot be stopped: it goes on beside everything else until it is done.")
	}
	a.StopScan()
	return c.done()
}

// setTriggers refuses: the folders are watched, and swept now and then.
func (a *API) setTriggers(c *call) error {
	if err := c.taskKnown(); err != nil {
		return err
	}
	return badRequest("The media folders are watched all the time; there is nothing to schedule.")
}
