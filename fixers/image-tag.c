/* SPDX-License-Identifier: Apache-2.0 */
/*
 * image-tag: an image without a version. Which one was meant, the manifest does not say, so it is reported.
 */
#include "fixers/images.h"
#include "fixers/list.h"

static enum fix_status run(struct fix_context *fix, const struct fixer *self, int target)
{
	struct problem problem = { .safety = SAFETY_FINDING };
	struct image_ref ref;

	if (!fix_image_is_tagged(fix, target, &ref, &problem.at) || !fix_image_is_latest(&ref))
		return FIX_FINE;
	problem.message = fix_format(fix, "%.*s runs the image %.*s, %s", STR_ARG(fix_subject(fix, target)),
				     STR_ARG(fix_container(fix, target)->image),
				     ref.tag.n ? "whose tag latest is no version" : "which names no version");
	problem.reason = STR("name the version that was tested, as a tag or better as a digest (see image-digest)");
	return fix_report(fix, self, &problem);
}

const struct fixer fixer_image_tag = {
	.name = "image-tag",
	.summary = "Every image names its version: neither :latest nor no tag at all",
	.profile = PROFILE_OPT_IN,
	.standard = "Kubernetes documentation: Images, Image names",
	.checks = "",
	.why = "latest is whatever was pushed last: two pods of one Deployment may run different programs, nobody can say "
	       "which one an alert is about, and \"rollout undo\" has nothing to go back to.",
	.caveat = NULL,
	.run = run,
};
