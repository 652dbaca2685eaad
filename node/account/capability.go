package account

import (
	"encoding/json"
	"math"
	"slices"

	"sett/node/origin"
)

// Role is what a network's policy makes of a person.
type Role uint8

// The roles, each with the rights of those before it.
const (
	NoRole Role = iota
	Guest       // sees and plays; may not download, and is not listed
	RoleMember
	RoleAdmin // for devices of the network itself only
)

var roleNames = map[string]Role{"guest": Guest, "member": RoleMember, "admin": RoleAdmin}

// Capability is what one or more values of the application capability give:
//
//	{"role": "member", "libraries": ["Films"], "maxBitrate": 8000000}
//
// Without libraries it is all of them; without maxBitrate (bit/s) there is no limit.
type Capability struct {
	Role       Role
	Libraries  []string // names; nil: all
	MaxBitrate int      // 0: no limit
}

const (
	maxGrants    = 64
	maxGrantSize = 16 << 10
)

// ParseCapability reads one value. ok is false for one that gives nothing: not JSON
// of this form, or a role that does not exist.
func ParseCapability(raw origin.Grant) (c Capability, ok bool) {
	var in struct {
		Role       string   `json:"role"`
		Libraries  []string `json:"libraries"`
		MaxBitrate float64  `json:"maxBitrate"`
	}
	if len(raw) > maxGrantSize || json.Unmarshal(raw, &in) != nil {
		return Capability{}, false
	}
	c.Role = roleNames[in.Role]
	c.Libraries = in.Libraries
	if in.MaxBitrate < 0 {
		return Capability{}, false
	}
	c.MaxBitrate = int(min(math.Ceil(in.MaxBitrate), math.MaxInt32))
	return c, c.Role != NoRole
}

// mergeCapabilities adds up several values: each can only give more.
func mergeCapabilities(raws []origin.Grant) (Capability, bool) {
	var sum Capability
	found := false
	for _, raw := range raws[:min(len(raws), maxGrants)] {
		c, ok := ParseCapability(raw)
		if !ok {
			continue
		}
		if !found {
			sum, found = c, true
			continue
		}
		sum.Role = max(sum.Role, c.Role)
		if sum.Libraries == nil || c.Libraries == nil {
			sum.Libraries = nil
		} else {
			sum.Libraries = append(slices.Clone(sum.Libraries), c.Libraries...)
		}
		if sum.MaxBitrate == 0 || c.MaxBitrate == 0 {
			sum.MaxBitrate = 0
		} else {
			sum.MaxBitrate = max(sum.MaxBitrate, c.MaxBitrate)
		}
	}
	return sum, found
}
