using Microsoft.AspNetCore.Mvc.ApplicationModels;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.ModelBinding.Validation;
using Microsoft.Extensions.DependencyInjection;

namespace Weapp.Login;

/// <summary>Gives a controller's <see cref="UserInfo"/> parameter the request's user.</summary>
internal sealed class UserInfoModelBinder : IModelBinder
{
    public Task BindModelAsync(ModelBindingContext bindingContext)
    {
        var current = bindingContext.HttpContext.RequestServices.GetRequiredService<CurrentUser>();
        var user = bindingContext.ModelMetadata.IsRequired ? current.Required : current.Optional;
        if (user is not null)
            bindingContext.ValidationState.Add(user, new ValidationStateEntry { SuppressValidation = true });
        bindingContext.Result = ModelBindingResult.Success(user);
        return Task.CompletedTask;
    }

    /// <summary>Without it, MVC would fill the parameter from the query or a form: anybody could say who they are.</summary>
    public sealed class Convention : IParameterModelConvention
    {
        public void Apply(ParameterModel parameter)
        {
            // An attribute such as [FromBody] is the app's own word.
            if (parameter.ParameterType == typeof(UserInfo)
                && (parameter.BindingInfo?.BindingSource is not { } source || source == BindingSource.Services))
                parameter.BindingInfo = new BindingInfo { BinderType = typeof(UserInfoModelBinder), BindingSource = BindingSource.Special };
        }
    }
}
