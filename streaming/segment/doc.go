// Package segment finds the parts of a film that people skip: intro, recap, credits,
// preview, commercials.
//
// Three ways, the surest first. Chapters that say what they are, in the languages
// people's files are in. Sound that several episodes of a season share: each one's
// beginning and end are fingerprinted, and the longest common stretch is looked for
// between neighbours. And for the credits of a film, a picture that is nearly black
// until the end, cut from what comes before by a moment of silence or long enough
// by itself.
//
// A wrong mark costs a viewer a scene, a missing one a press of a key: what is
// unsure is left out. When this runs, and where results are kept, is for others to
// say.
package segment
