/* SPDX-License-Identifier: Apache-2.0 */
/*
 * image-digest: an image that is named by a tag alone. Only its registry knows the digest, so it is reported.
 */
#include "fixers/images.h"
#include "fixers/list.h"

static enum fix_status run(struct fix_context *fix, const struct fixer *self, int target)
{
	struct problem problem = { .safety = SAFETY_FINDING };
	struct image_ref ref;

	if (!fix_image_is_tagged(fix, target, &ref, &problem.at))
		return FIX_FINE;
	problem.message = fix_format(fix, "%.*s runs the image %.*s, which has no digest",
				     STR_ARG(fix_subject(fix, target)), STR_ARG(fix_container(fix, target)->image));
	problem.reason =
		STR("put the digest behind it (NAME:TAG@sha256:...): crane digest IMAGE, or docker buildx imagetools "
		    "inspect IMAGE, prints it, and Renovate or Dependabot keep it up to date");
	return fix_report(fix, self, &problem);
}

const struct fixer fixer_image_digest = {
	.name = "image-digest",
	.summary = "Every image is named by its digest",
	.profile = PROFILE_OPT_IN,
	.standard = "Kubernetes documentation: Images, Image names; SLSA",
	.checks = "",
	.why = "A tag is a pointer that whoever may push can move, also whoever stole the key to the registry. A digest is "
	       "the image itself: what runs is, byte for byte, what was tested and scanned.",
	.caveat = NULL,
	.run = run,
};
