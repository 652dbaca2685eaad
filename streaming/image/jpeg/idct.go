package jpeg

// The transforms work on integers with fixed bits behind the point. The one of
// eight samples is that of Loeffler, Ligtenberg and Moschytz (1989); they leave out
// a factor of √8 in each direction, made good at the end.
const (
	point = 13
	extra = 2 // bits kept between the two passes

	c0298 = 2446  // 0.298631336
	c0390 = 3196  // 0.390180644
	c0541 = 4433  // 0.541196100
	c0765 = 6270  // 0.765366865
	c0899 = 7373  // 0.899976223
	c1175 = 9633  // 1.175875602
	c1306 = 10703 // 1.306562965
	c1501 = 12299 // 1.501321110
	c1847 = 15137 // 1.847759065
	c1961 = 16069 // 1.961570560
	c2053 = 16819 // 2.053119869
	c2562 = 20995 // 2.562915447
	c3072 = 25172 // 3.072711026
)

// put makes n×n samples of a block's coefficients, the last of which that is not
// zero is known.
func put(dst []byte, stride, n int, b *[64]int32, last int) {
	switch {
	case last == 0 || n == 1:
		v := sample((b[0] + 4) >> 3)
		for y := range n {
			line := dst[y*stride:][:n]
			for x := range line {
				line[x] = v
			}
		}
	case n == 2:
		e0, e1 := b[0]+4+b[8], b[0]+4-b[8]
		o0, o1 := b[1]+b[9], b[1]-b[9]
		top, bottom := dst[:2], dst[stride:][:2]
		top[0], top[1] = sample((e0+o0)>>3), sample((e0-o0)>>3)
		bottom[0], bottom[1] = sample((e1+o1)>>3), sample((e1-o1)>>3)
	case n == 4:
		four(dst, stride, b)
	default:
		eight(dst, stride, b)
	}
}

func sample(v int32) byte {
	v += 128
	if uint32(v) > 255 {
		return byte(^(v >> 31))
	}
	return byte(v)
}

func four(dst []byte, stride int, b *[64]int32) {
	const half = 1 << (point - extra - 1)
	for x := range 4 {
		b0, b1, b2, b3 := b[x], b[8+x], b[16+x], b[24+x]
		if b1|b2|b3 == 0 {
			v := b0 << extra
			b[x], b[8+x], b[16+x], b[24+x] = v, v, v, v
			continue
		}
		e0, e1 := (b0+b2)<<point+half, (b0-b2)<<point+half
		o0, o1 := b1*c1306+b3*c0541, b1*c0541-b3*c1306
		b[x], b[8+x] = (e0+o0)>>(point-extra), (e1+o1)>>(point-extra)
		b[16+x], b[24+x] = (e1-o1)>>(point-extra), (e0-o0)>>(point-extra)
	}
	const shift, round = point + extra + 3, 1 << (point + extra + 2)
	for y := range 4 {
		r := b[8*y : 8*y+4 : 8*y+4]
		e0, e1 := (r[0]+r[2])<<point+round, (r[0]-r[2])<<point+round
		o0, o1 := r[1]*c1306+r[3]*c0541, r[1]*c0541-r[3]*c1306
		line := dst[y*stride:][:4]
		line[0], line[1] = sample((e0+o0)>>shift), sample((e1+o1)>>shift)
		line[2], line[3] = sample((e1-o1)>>shift), sample((e0-o0)>>shift)
	}
}

func eight(dst []byte, stride int, b *[64]int32) {
	const half = 1 << (point - extra - 1)
	for x := range 8 {
		if b[8+x]|b[16+x]|b[24+x]|b[32+x]|b[40+x]|b[48+x]|b[56+x] == 0 {
			v := b[x] << extra
			for y := range 8 {
				b[(8*y+x)&63] = v
			}
			continue
		}
		e0, e1, e2, e3, o0, o1, o2, o3 := butterfly(b[x], b[8+x], b[16+x], b[24+x], b[32+x], b[40+x], b[48+x], b[56+x], half)
		const shift = point - extra
		b[x], b[8+x], b[16+x], b[24+x] = (e0+o0)>>shift, (e1+o1)>>shift, (e2+o2)>>shift, (e3+o3)>>shift
		b[32+x], b[40+x], b[48+x], b[56+x] = (e3-o3)>>shift, (e2-o2)>>shift, (e1-o1)>>shift, (e0-o0)>>shift
	}
	const shift, round = point + extra + 3, 1 << (point + extra + 2)
	for y := range 8 {
		r := b[8*y : 8*y+8 : 8*y+8]
		e0, e1, e2, e3, o0, o1, o2, o3 := butterfly(r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7], round)
		line := dst[y*stride:][:8]
		line[0], line[1], line[2], line[3] = sample((e0+o0)>>shift), sample((e1+o1)>>shift), sample((e2+o2)>>shift), sample((e3+o3)>>shift)
		line[4], line[5], line[6], line[7] = sample((e3-o3)>>shift), sample((e2-o2)>>shift), sample((e1-o1)>>shift), sample((e0-o0)>>shift)
	}
}

// butterfly is one direction of the transform of eight: the first four samples are
// even + odd, the others, backwards, even − odd.
func butterfly(b0, b1, b2, b3, b4, b5, b6, b7, round int32) (e0, e1, e2, e3, o0, o1, o2, o3 int32) {
	z := (b2 + b6) * c0541
	t2, t3 := z-b6*c1847, z+b2*c0765
	t0, t1 := (b0+b4)<<point+round, (b0-b4)<<point+round

	z1, z2, z3, z4 := b7+b1, b5+b3, b7+b3, b5+b1
	z5 := (z3 + z4) * c1175
	z1, z2 = -z1*c0899, -z2*c2562
	z3, z4 = z5-z3*c1961, z5-z4*c0390
	return t0 + t3, t1 + t2, t1 - t2, t0 - t3,
		b1*c1501 + z1 + z4, b3*c3072 + z2 + z3, b5*c2053 + z2 + z4, b7*c0298 + z1 + z3
}
