package guard

import (
	"fmt"
	"strings"

	"sett/node/origin"
)

// Rule says which callers of a zone may reach a class. The zero Rule is Closed, so
// that a zone or class nobody thought of is dead, not open.
type Rule uint8

// The rules. All but Closed still leave signing in to the route.
const (
	Closed Rule = iota
	Open        // every caller
	Person      // a human whom the road vouches for
	Member      // a human whom the road vouches for and whose device belongs to this network
)

var ruleNames = [...]string{"no", "yes", "proven person", "proven member"}

func (r Rule) String() string { return ruleNames[r] }

func (r Rule) admits(p origin.Peer) bool {
	switch r {
	case Open:
		return true
	case Person:
		return p.Human()
	case Member:
		return p.Human() && !p.Shared
	}
	return false
}

// Zones are the zones of the matrix, in its order.
var zones = [...]origin.Zone{origin.Local, origin.LAN, origin.Tailnet, origin.WireGuard, origin.Proxy}

// matrix is the exposure of every class to every zone.
var matrix = map[Class][len(zones)]Rule{
	//           Local LAN     Tailnet WireGuard Proxy
	API:        {Open, Open, Open, Open, Open},
	Media:      {Open, Open, Open, Open, Open},
	Web:        {Open, Open, Open, Open, Open},
	PublicInfo: {Open, Open, Open, Open, Open},
	SignIn:     {Open, Open, Open, Open, Open},
	Health:     {Open, Open, Open, Open, Open},
	UserList:   {Open, Open, Open, Open, Closed}, // through a tunnel it shows the caller only
	Admin:      {Open, Open, Member, Member, Closed},
	Setup:      {Open, Open, Member, Member, Closed}, // and the one-time code
	Metrics:    {Open, Closed, Closed, Closed, Closed},
}

// RuleFor returns who in a zone may reach a class.
func RuleFor(z origin.Zone, c Class) Rule {
	for i, have := range zones {
		if have == z {
			return matrix[c][i]
		}
	}
	return Closed
}

// Exposure prints the matrix as a Markdown table, for the documentation and for
// the owner.
func Exposure() string {
	var b strings.Builder
	b.WriteString("| class |")
	for _, z := range zones {
		fmt.Fprintf(&b, " %s |", z)
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(zones)) + "\n")
	for c := range classCount {
		fmt.Fprintf(&b, "| %s |", c)
		for _, z := range zones {
			fmt.Fprintf(&b, " %s |", RuleFor(z, c))
		}
		b.WriteString("\n")
	}
	return b.String()
}
